using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts.Directory;
using Directory.Auditing;
using Directory.Organisation;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Restructuring;

/// <summary>
/// One act of a reorganisation. It is done by the slice that does the same act at once, so that there is one set of rules; things are named by their codes, since
/// their versions are not known ahead.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "act")]
[JsonDerivedType(typeof(CreateUnitStep), nameof(CreateUnit))]
[JsonDerivedType(typeof(RenameUnitStep), "RenameUnit")]
[JsonDerivedType(typeof(MoveUnitStep), "MoveUnit")]
[JsonDerivedType(typeof(CloseUnitStep), nameof(CloseUnit))]
[JsonDerivedType(typeof(MergeUnitsStep), "MergeUnits")]
[JsonDerivedType(typeof(SplitUnitStep), "SplitUnit")]
[JsonDerivedType(typeof(CreatePositionStep), nameof(CreatePosition))]
[JsonDerivedType(typeof(RetitlePositionStep), "RetitlePosition")]
[JsonDerivedType(typeof(MovePositionStep), "MovePosition")]
[JsonDerivedType(typeof(ClosePositionStep), nameof(ClosePosition))]
[JsonDerivedType(typeof(MoveKeywordStep), "MoveKeyword")]
public record Step
{
    /// <summary>How steps are stored. The kind of a step may stand anywhere in it.</summary>
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        AllowOutOfOrderMetadataProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Does the act in the transaction of the context. Null, or why it cannot be done.</summary>
    internal virtual Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop) =>
        // Only a step that does not say what it is has no act of its own.
        Task.FromResult<ProblemHttpResult?>(Problems.Invalid("act", "value"));

    /// <summary>The refusal among the results of a slice.</summary>
    private protected static ProblemHttpResult? Refusal(INestedHttpResult result) => result.Result as ProblemHttpResult;
}

/// <summary>A post in a unit.</summary>
public sealed record CreatePositionStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string Code,
    [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Title,
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string UnitCode,
    [Required] PositionKind? Kind,
    [StringLength(Spelling.LongestGrade), RegularExpression(Spelling.Name)] string? Grade = null,
    [StringLength(Organisation.Keyword.LongestAsWritten)] string? Keyword = null,
    bool SignsDocuments = false) : Step
{
    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop) =>
        Refusal(await CreatePosition.HandleAsync(new(Code, Title, UnitCode, Kind, Keyword, Grade, SignsDocuments), caller, db, stop));
}

/// <summary>A post gets another title, or another grade with it.</summary>
public sealed record RetitlePositionStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string PositionCode,
    [Required, StringLength(Spelling.LongestName), RegularExpression(Spelling.Name)] string Title,
    [StringLength(Spelling.LongestGrade), RegularExpression(Spelling.Name)] string? Grade = null) : Step
{
    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop) =>
        await db.Positions.SingleOrDefaultAsync(position => position.Code == PositionCode, stop) is { } position
            ? Refusal(await EditPosition.HandleAsync(position.Id, new(position.Version, Title, null, Grade), caller, db, stop))
            : Problems.Invalid("positionCode", "position-unknown");
}

/// <summary>A post goes into another unit, with its holder, keyword and cases.</summary>
public sealed record MovePositionStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string PositionCode,
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string UnitCode) : Step
{
    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop) =>
        await db.Positions.SingleOrDefaultAsync(position => position.Code == PositionCode, stop) is { } position
            ? Refusal(await EditPosition.HandleAsync(position.Id, new(position.Version, null, UnitCode), caller, db, stop))
            : Problems.Invalid("positionCode", "position-unknown");
}

/// <summary>A post ends; the successor's unit answers for what is left of it.</summary>
public sealed record ClosePositionStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string PositionCode,
    [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? SuccessorCode = null) : Step
{
    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop) =>
        await db.Positions.AsNoTracking().SingleOrDefaultAsync(position => position.Code == PositionCode, stop) is { } position
            ? Refusal(await ClosePosition.HandleAsync(position.Id, new(position.Version, SuccessorCode), caller, db, stop))
            : Problems.Invalid("positionCode", "position-unknown");
}

/// <summary>Citizens' messages with a word go to another post from then on (DIR-4): with the primary one, unless another is named. As a primary word it replaces the one there.</summary>
public sealed record MoveKeywordStep(
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string FromPositionCode,
    [Required, StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string ToPositionCode,
    [StringLength(Keyword.LongestAsWritten)] string? Word = null,
    KeywordKind Kind = KeywordKind.Primary) : Step
{
    internal override async Task<ProblemHttpResult?> ApplyAsync(DirectoryDb db, Caller caller, CancellationToken stop)
    {
        if (await db.Positions.SingleOrDefaultAsync(position => position.Code == FromPositionCode, stop) is not { } from)
            return Problems.Invalid("fromPositionCode", "position-unknown");
        var word = Word?.ToUpperInvariant() ?? from.KeywordAt(db.EffectiveNow);
        if (from.Keywords.Find(keyword => keyword.Word == word && keyword.IsValidAt(db.EffectiveNow)) is not { } keyword)
            return Problems.Invalid("fromPositionCode", "keyword-missing");
        return Refusal(await MoveKeyword.HandleAsync(keyword.Id, new(from.Version, ToPositionCode, Kind), caller, db, stop));
    }
}
