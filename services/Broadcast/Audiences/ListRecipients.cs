using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Sms;
using ServiceDefaults.SignIn;

namespace Broadcast.Audiences;

/// <summary>The list of a broadcast by names, as the examiner sees it and as it went.</summary>
internal static class ListRecipients
{
    /// <param name="OfficialId">Who.</param>
    /// <param name="Name">His name then.</param>
    /// <param name="Title">Of his post.</param>
    /// <param name="UnitCode">Of its unit.</param>
    /// <param name="PositionId">By which he is in; null: by name.</param>
    /// <param name="Number">Masked.</param>
    /// <param name="Reasons">Rules by which he is in.</param>
    /// <param name="State">What became of his SMS.</param>
    /// <param name="SkipReason">Why he gets none.</param>
    /// <param name="IsArrival">He came after the approval.</param>
    /// <param name="IsShared">Somebody else of the list has the same number: the text names nobody.</param>
    /// <param name="IsUncertain">Nobody knows whether the provider has it.</param>
    /// <param name="Segments">Of his SMS.</param>
    /// <param name="Failure">Why it failed.</param>
    public sealed record Item(
        Guid OfficialId, string Name, string? Title, string? UnitCode, Guid? PositionId, string? Number, IReadOnlyList<string> Reasons, RecipientState State, string? SkipReason,
        bool IsArrival, bool IsShared, bool IsUncertain, int Segments, string? Failure);

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapGet("/{id:guid}/recipients", Handle)
        .WithName(nameof(ListRecipients)).WithSummary("Recipients of a broadcast, in the order in which they were registered; numbers masked")
        .RequirePermission(Permissions.ReadBroadcasts).ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    /// <param name="revision">Left out: the one that counts.</param>
    /// <param name="state">Only those in this state.</param>
    /// <param name="skipReason">Only those skipped for this.</param>
    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        Guid id, int? revision, RecipientState? state, [StringLength(32), RegularExpression("^[a-z-]*$")] string? skipReason, [StringLength(64)] string? cursor, ClaimsPrincipal user, BroadcastDb db,
        CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out _, out var after))
            return Problems.Invalid(nameof(cursor), "cursor");
        if (await db.ReadableBy(user).Where(b => b.Id == id).Select(b => (int?)b.Revision).SingleOrDefaultAsync(stop) is not { } current)
            return Problems.NotFound();
        var asked = revision ?? current;
        var recipients = db.Recipients.AsNoTracking().Where(r => r.BroadcastId == id && r.Revision == asked);
        if (cursor is { Length: > 0 })
            recipients = recipients.Where(r => r.OfficialId.CompareTo(after) > 0);
        if (state is not null)
            recipients = recipients.Where(r => r.State == state);
        if (skipReason is not null)
            recipients = recipients.Where(r => r.SkipReason == skipReason);
        var rows = await recipients.OrderBy(r => r.OfficialId).Take(Paging.PageSize + 1)
            .Select(r => new Item(r.OfficialId, r.Name, r.Title, r.UnitCode, r.PositionId, r.Number, r.Reasons, r.State, r.SkipReason, r.IsArrival, r.IsShared, r.IsUncertain, r.Segments, r.Failure))
            .ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(rows.ConvertAll(row => row with { Number = row.Number is null ? null : PhoneNumber.Mask(row.Number) }),
            last => Paging.Cursor(DateTimeOffset.UnixEpoch, last.OfficialId)));
    }
}
