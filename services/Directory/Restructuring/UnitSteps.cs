using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Organisation;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Restructuring;

/// <summary>A unit in the tree.</summary>
public sealed record CreateUnitStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string Code,
    [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Name,
    [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? ParentCode = null) : Step
{
    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop) =>
        Refusal(await CreateUnit.HandleAsync(new(Code, Name, ParentCode), caller, db, stop));
}

/// <summary>A unit gets another name. Its code is what other systems know it by, and stays.</summary>
public sealed record RenameUnitStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string UnitCode,
    [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Name) : Step
{
    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop) =>
        await db.Units.SingleOrDefaultAsync(unit => unit.Code == UnitCode, stop) is { } unit
            ? Refusal(await EditUnit.HandleAsync(unit.Id, new(unit.Version, Name), caller, db, stop))
            : Problems.Invalid("unitCode", "unit-unknown");
}

/// <summary>A unit goes below another one, with all that is below it.</summary>
public sealed record MoveUnitStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string UnitCode,
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string ParentCode) : Step
{
    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop) =>
        await db.Units.SingleOrDefaultAsync(unit => unit.Code == UnitCode, stop) is { } unit
            ? Refusal(await EditUnit.HandleAsync(unit.Id, new(unit.Version, null, ParentCode), caller, db, stop))
            : Problems.Invalid("unitCode", "unit-unknown");
}

/// <summary>A unit ends; nothing in it is open by then.</summary>
public sealed record CloseUnitStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string UnitCode) : Step
{
    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop) =>
        await db.Units.SingleOrDefaultAsync(unit => unit.Code == UnitCode, stop) is { } unit
            ? Refusal(await CloseUnit.HandleAsync(unit.Id, new(unit.Version), caller, db, stop))
            : Problems.Invalid("unitCode", "unit-unknown");
}

/// <summary>Units end in another one: their posts go into it, closed ones too so that it answers for them, and the units below them go below it.</summary>
public sealed record MergeUnitsStep(
    [Required, Length(1, MergeUnitsStep.MostUnits)] IReadOnlyList<string> UnitCodes,
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string IntoCode) : Step
{
    private const int MostUnits = 50;

    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop)
    {
        if (!UnitCodes.All(Spelling.IsCode))
            return Problems.Invalid("unitCodes", "value");
        foreach (var code in UnitCodes)
        {
            if (await db.Units.SingleOrDefaultAsync(unit => unit.Code == code, stop) is not { } unit)
                return Problems.Invalid("unitCodes", "unit-unknown");
            foreach (var position in await db.Positions.Where(position => position.UnitId == unit.Id).OrderBy(position => position.Code).ToListAsync(stop))
            {
                if (Refusal(await EditPosition.HandleAsync(position.Id, new(position.Version, null, IntoCode), caller, db, stop)) is { } refused)
                    return refused;
            }

            foreach (var below in await db.Units.Where(below => below.ParentId == unit.Id && below.ClosedAt == null).OrderBy(below => below.Code).ToListAsync(stop))
            {
                if (Refusal(await EditUnit.HandleAsync(below.Id, new(below.Version, null, IntoCode), caller, db, stop)) is { } refused)
                    return refused;
            }

            if (Refusal(await CloseUnit.HandleAsync(unit.Id, new(unit.Version), caller, db, stop)) is { } notClosed)
                return notClosed;
        }

        return null;
    }
}

/// <summary>A new unit beside an existing one takes over some of its posts and of the units below it.</summary>
public sealed record SplitUnitStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string UnitCode,
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string NewCode,
    [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string NewName,
    [MaxLength(SplitUnitStep.MostMoved)] IReadOnlyList<string>? PositionCodes = null,
    [MaxLength(SplitUnitStep.MostMoved)] IReadOnlyList<string>? UnitCodes = null) : Step
{
    private const int MostMoved = 500;

    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop)
    {
        if (PositionCodes?.All(Spelling.IsCode) is false)
            return Problems.Invalid("positionCodes", "value");
        if (UnitCodes?.All(Spelling.IsCode) is false)
            return Problems.Invalid("unitCodes", "value");
        if (await db.Units.Include(unit => unit.Parent).SingleOrDefaultAsync(unit => unit.Code == UnitCode, stop) is not { } unit)
            return Problems.Invalid("unitCode", "unit-unknown");
        if (Refusal(await CreateUnit.HandleAsync(new(NewCode, NewName, unit.Parent?.Code), caller, db, stop)) is { } notCreated)
            return notCreated;

        foreach (var code in PositionCodes ?? [])
        {
            if (await db.Positions.SingleOrDefaultAsync(position => position.Code == code && position.UnitId == unit.Id, stop) is not { } position)
                return Problems.Invalid("positionCodes", "position-not-in-unit");
            if (Refusal(await EditPosition.HandleAsync(position.Id, new(position.Version, null, NewCode), caller, db, stop)) is { } refused)
                return refused;
        }

        foreach (var code in UnitCodes ?? [])
        {
            if (await db.Units.SingleOrDefaultAsync(below => below.Code == code && below.ParentId == unit.Id, stop) is not { } below)
                return Problems.Invalid("unitCodes", "unit-not-below");
            if (Refusal(await EditUnit.HandleAsync(below.Id, new(below.Version, null, NewCode), caller, db, stop)) is { } refused)
                return refused;
        }

        return null;
    }
}
