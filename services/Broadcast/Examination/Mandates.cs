using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Broadcast.Requests;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Broadcast.Examination;

/// <summary>The Chair lets a Secretary examine for a time, where the city's settings allow it; he ends it before its time.</summary>
public static class Mandates
{
    private const int LongestDays = 366;

    /// <param name="OfficialId">Who has the role of Secretary.</param>
    /// <param name="From">Since when.</param>
    /// <param name="To">First instant that no longer counts; a year later at most.</param>
    /// <param name="Reason">Why the Chair does not examine himself.</param>
    public sealed record GiveRequest(
        [Required] Guid? OfficialId, [Required] DateTimeOffset? From, [Required] DateTimeOffset? To,
        [Required, StringLength(500, MinimumLength = 1), RegularExpression(RequestBroadcast.Line)] string Reason);

    /// <param name="Version">As last seen.</param>
    public sealed record EndRequest([Required] long? Version);

    internal sealed record Item(
        Guid Id, Guid OfficialId, DateTimeOffset From, DateTimeOffset To, string Reason, string GivenBy, DateTimeOffset GivenAt, DateTimeOffset? EndedAt, long Version);

    private static Expression<Func<ExaminationMandate, Item>> ToItem { get; } = m => new(m.Id, m.OfficialId, m.ValidFrom, m.ValidTo, m.Reason, m.GivenBy, m.GivenAt, m.EndedAt, m.Version);

    internal static void Map(RouteGroupBuilder broadcasts)
    {
        var mandates = broadcasts.MapGroup("/mandates");
        mandates.MapGet("/", ListAsync).WithName("ListMandates").WithSummary("Mandates to examine, newest first").RequirePermission(Permissions.ReadAudiences).ProducesValidationProblem();
        mandates.MapPost("/", GiveAsync).WithName("GiveMandate").WithSummary("Lets a Secretary examine for a time").RequirePermission(Permissions.GiveMandates)
            .RequireFreshSignIn().AcceptIdempotencyKey().ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);
        mandates.MapPost("/{id:guid}/end", EndAsync).WithName("EndMandate").WithSummary("Ends a mandate before its time").RequirePermission(Permissions.GiveMandates)
            .RequireFreshSignIn().ShowsCurrent(ToItem).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> ListAsync([StringLength(64)] string? cursor, BroadcastDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var rows = await db.Mandates.AsNoTracking().Where(m => m.GivenAt < before || (m.GivenAt == before && m.Id.CompareTo(beforeId) < 0))
            .OrderByDescending(m => m.GivenAt).ThenByDescending(m => m.Id).Select(ToItem).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows, last => Paging.Cursor(last.GivenAt, last.Id)));
    }

    private static async Task<Results<Created<Item>, ProblemHttpResult>> GiveAsync(
        GiveRequest request, HttpContext http, BroadcastDb db, IOptions<BroadcastOptions> options, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow().InMicroseconds;
        var (official, from, to) = (request.OfficialId!.Value, request.From!.Value, request.To!.Value);
        if (!options.Value.SecretaryMayExamine)
            return Problems.Conflict("mandates-off");
        if (to <= from || to <= now || to - from > TimeSpan.FromDays(LongestDays))
            return Problems.Invalid("to", "mandate-time");
        if (!await db.Set<GrantedRoles>().AnyAsync(granted => granted.OfficialId == official && granted.Roles.Contains(Roles.Secretary), stop))
            return Problems.Invalid("officialId", "not-a-secretary");
        var mandate = new ExaminationMandate
        {
            Id = Guid.CreateVersion7(now),
            OfficialId = official,
            ValidFrom = from,
            ValidTo = to,
            Reason = request.Reason.Trim(),
            GivenBy = http.User.Actor,
            GivenAt = now,
            Version = 1,
        };
        db.Add(mandate);
        db.WriteToAuditTrail(http, "GiveMandate", ("Mandate", mandate.Id), request.Reason);
        await db.SaveChangesAsync(stop);
        return TypedResults.Created((string?)null, ToItem.Compile()(mandate));
    }

    private static async Task<Results<Ok<Item>, ProblemHttpResult>> EndAsync(Guid id, EndRequest request, HttpContext http, BroadcastDb db, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow().InMicroseconds;
        if (await db.Mandates.SingleOrDefaultAsync(m => m.Id == id, stop) is not { } mandate)
            return Problems.NotFound();
        if (mandate.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (mandate.EndedAt is not null || mandate.ValidTo <= now)
            return Problems.Conflict("mandate-over");
        (mandate.EndedAt, mandate.EndedBy) = (now, http.User.Actor);
        mandate.Version++;
        db.WriteToAuditTrail(http, "EndMandate", ("Mandate", id));
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(ToItem.Compile()(mandate));
    }
}
