using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Reporting;

/// <summary>The inventory of recurring problems (BJN 7c): the secretariat names them, so that the same thing has one name in every unit.</summary>
internal static class RecurringProblems
{
    private const string NameIndex = "recurring_problem_once";

    /// <param name="Name">1 to 120 characters; another problem of this name, whatever its capitals, is 409.</param>
    public sealed record CreateRequest([Required, StringLength(120, MinimumLength = 1)] string Name);

    /// <param name="Version">As read; 409 if it has changed since.</param>
    /// <param name="Name">Null: stays.</param>
    /// <param name="Closed">No further case is said to be of it; null: stays.</param>
    public sealed record EditRequest([Range(1, long.MaxValue)] long Version, [StringLength(120, MinimumLength = 1)] string? Name, bool? Closed);

    public sealed record Item(Guid Id, string Name, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, long Version);

    /// <param name="From">First day, in the city's calendar.</param>
    /// <param name="To">Last day.</param>
    /// <param name="Problems">Those with a case in the period, most frequent first.</param>
    public sealed record Inventory(DateOnly From, DateOnly To, IReadOnlyList<ProblemRow> Problems);

    private static readonly Expression<Func<RecurringProblem, Item>> ItemOf = problem => ToItem(problem);

    public static void Map(RouteGroupBuilder problems, RouteGroupBuilder reports)
    {
        problems.MapGet("/", ListAsync).WithName("ListProblems").WithSummary("Recurring problems, newest first").RequirePermission(Permissions.NameProblem)
            .ProducesValidationProblem();
        problems.MapPost("/", CreateAsync).WithName("CreateProblem").WithSummary("Names a recurring problem").RequirePermission(Permissions.EditProblems)
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);
        problems.MapPatch("/{id:guid}", EditAsync).WithName("EditProblem").WithSummary("Renames, closes or opens it again").RequirePermission(Permissions.EditProblems)
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ShowsCurrent(ItemOf);
        reports.MapGet("/problems", InventoryAsync).WithName("ProblemInventory").WithSummary("What came up in a period, and how often in the one before it")
            .RequirePermission(Permissions.ReadReports).ProducesValidationProblem();
    }

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> ListAsync(
        [StringLength(64)] string? cursor, InboundSmsDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await db.RecurringProblems.AsNoTracking()
            .Where(p => p.OpenedAt < before || (p.OpenedAt == before && p.Id.CompareTo(beforeId) < 0))
            .OrderByDescending(p => p.OpenedAt).ThenByDescending(p => p.Id).Take(Paging.PageSize + 1)
            .Select(ItemOf).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.OpenedAt, last.Id)));
    }

    internal static async Task<Results<Created<Item>, ProblemHttpResult>> CreateAsync(CreateRequest request, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Name.IsVisible)
            return Problems.Invalid(nameof(request.Name), "empty");
        var now = clock.GetUtcNow().InMicroseconds;
        var problem = new RecurringProblem { Id = Guid.CreateVersion7(now), Name = request.Name.Trim(), OpenedAt = now, Version = 1 };
        db.Add(problem);
        return await SavedAsync(db, stop) ?? (Results<Created<Item>, ProblemHttpResult>)TypedResults.Created($"/api/inbound-sms/problems/{problem.Id}", ToItem(problem));
    }

    internal static async Task<Results<Ok<Item>, ProblemHttpResult>> EditAsync(
        Guid id, EditRequest request, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (request.Name is { IsVisible: false })
            return Problems.Invalid(nameof(request.Name), "empty");
        if (await db.RecurringProblems.SingleOrDefaultAsync(p => p.Id == id, stop) is not { } problem)
            return Problems.NotFound();
        if (problem.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        problem.Name = request.Name?.Trim() ?? problem.Name;
        if (request.Closed is { } closed)
            problem.ClosedAt = closed ? problem.ClosedAt ?? clock.GetUtcNow().InMicroseconds : null;
        problem.Version++;
        return await SavedAsync(db, stop) ?? (Results<Ok<Item>, ProblemHttpResult>)TypedResults.Ok(ToItem(problem));
    }

    internal static async Task<Results<Ok<Inventory>, ProblemHttpResult>> InventoryAsync(
        [Required] DateOnly from, [Required] DateOnly to, InboundSmsDb db, CityTime city, CancellationToken stop) =>
        Period.Check(from, to) is { } refusal
            ? refusal
            : TypedResults.Ok(new Inventory(from, to, await Figures.ProblemsAsync(db, city.StartOf(from), city.StartOf(to.AddDays(1)), stop)));


    private static Item ToItem(RecurringProblem problem) => new(problem.Id, problem.Name, problem.OpenedAt, problem.ClosedAt, problem.Version);

    private static async Task<ProblemHttpResult?> SavedAsync(InboundSmsDb db, CancellationToken stop)
    {
        try
        {
            await db.SaveChangesAsync(stop);
            return null;
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation(NameIndex))
        {
            return Problems.Conflict("problem-exists");
        }
    }
}
