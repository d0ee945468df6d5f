using System.Security.Claims;
using System.Text.Json;
using Broadcast.Storage;
using Broadcast.Wording;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace Broadcast.Receiving;

/// <summary>The web copy, as it reads for the caller. Opening it is the read receipt: the first time is kept.</summary>
internal static class GetMyBroadcast
{
    /// <param name="Item">As in the list.</param>
    /// <param name="Text">As the caller's SMS has it.</param>
    /// <param name="Invitation">Place, time and dress; of invitations.</param>
    /// <param name="Corrects">Number of the broadcast that it corrects.</param>
    /// <param name="AnswerBySms">With this an answer by SMS begins.</param>
    /// <param name="ReportedMissingAt">The caller has said that no SMS came; the latest time.</param>
    /// <param name="ClosedBecause">Why that was closed without sending it once more; null: it was not.</param>
    /// <param name="Resends">To the caller alone, the first one first; at most 20.</param>
    /// <param name="MyAnswers">What the caller has answered, newest first; at most 20.</param>
    public sealed record Response(
        ListMyBroadcasts.Item Item, string Text, JsonElement? Invitation, long? Corrects, string AnswerBySms, DateTimeOffset? ReportedMissingAt, string? ClosedBecause,
        IReadOnlyList<MyResend> Resends, IReadOnlyList<MyAnswer> MyAnswers);

    /// <param name="State">What became of it.</param>
    public sealed record MyResend(ResendVia Via, RecipientState State, DateTimeOffset OrderedAt);

    /// <param name="Text">Null after its time.</param>
    public sealed record MyAnswer(Guid Id, AnswerVia Via, bool? Attends, string? Text, DateTimeOffset At);

    private const int MostAnswers = 20;

    public static void Map(RouteGroupBuilder mine) => mine.MapGet("/{id:guid}", HandleAsync).WithName(nameof(GetMyBroadcast))
        .WithSummary("One broadcast as it reads for the caller; notes that he has opened it").RequirePermission(Permissions.ReceiveBroadcasts)
        .ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, ClaimsPrincipal user, BroadcastDb db, IOptions<ReceivingOptions> options, TimeProvider clock, CancellationToken stop)
    {
        var official = user.HasOfficial ? user.OfficialId : Guid.Empty;
        var mine = db.ReceivedBy(user).Where(m => m.Broadcast.Id == id);
        if (await mine.Select(m => new { m.Recipient, m.Broadcast.Number, m.Broadcast.CorrectsId }).SingleOrDefaultAsync(stop) is not { } found)
            return Problems.NotFound();
        await db.Database.ExecuteSqlAsync(
            $"insert into read_receipt (broadcast_id, official_id, read_at) values ({id}, {official}, {clock.GetUtcNow()}) on conflict do nothing", stop);
        var item = await mine.Select(ListMyBroadcasts.ToItem(db)).SingleAsync(stop);
        var revision = await db.Revisions.AsNoTracking().SingleAsync(r => r.BroadcastId == id && r.No == found.Recipient.Revision, stop);
        var answers = await db.Set<Answer>().AsNoTracking().Where(a => a.BroadcastId == id && a.OfficialId == official).OrderByDescending(a => a.At).ThenByDescending(a => a.Id)
            .Take(MostAnswers).Select(a => new MyAnswer(a.Id, a.Via, a.Attends, a.Content!.Text, a.At)).ToListAsync(stop);
        var reports = db.Set<MissingReport>().Where(r => r.BroadcastId == id && r.OfficialId == official);
        return TypedResults.Ok(new Response(
            item,
            PlaceholderText.Render(revision.Text, found.Recipient.Name, found.Recipient.Title, found.Recipient.UnitCode),
            revision.Invitation is { } invitation ? JsonElement.Parse(invitation) : null,
            found.CorrectsId is { } corrected ? await db.Broadcasts.Where(b => b.Id == corrected).Select(b => (long?)b.Number).SingleOrDefaultAsync(stop) : null,
            options.Value.CodeOf(found.Number),
            await reports.Select(r => (DateTimeOffset?)r.ReportedAt).SingleOrDefaultAsync(stop),
            await db.Set<MissingReportClosing>().Where(c => c.BroadcastId == id && c.OfficialId == official && reports.Any(r => r.No == c.No)).Select(c => c.Reason).SingleOrDefaultAsync(stop),
            await db.Set<Resend>().Where(r => r.BroadcastId == id && r.OfficialId == official).OrderBy(r => r.Attempt)
                .Select(r => new MyResend(r.Via, r.State, r.OrderedAt)).ToListAsync(stop),
            answers));
    }
}
