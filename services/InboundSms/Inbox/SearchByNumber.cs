using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Answering;
using InboundSms.Deadlines;
using InboundSms.History;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Inbox;

/// <summary>
/// The cases of one sender, for a reason. Who knows a number learns what its owner wrote: so it is not for everybody, each search is noted, and each case that it
/// showed keeps in its history who found it so. The number travels in a body: addresses stand in logs.
/// </summary>
internal static class SearchByNumber
{
    /// <param name="Number">In any spelling; or a sender's name or short code as it was written.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Cursor">Of the following page.</param>
    public sealed record Request(
        [Required, StringLength(40, MinimumLength = 1)] string Number,
        [Required, StringLength(300, MinimumLength = 3), RegularExpression(@"^\P{C}*$")] string Reason,
        [StringLength(64)] string? Cursor = null);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/number-search", Handle)
        .WithName(nameof(SearchByNumber)).WithSummary("The cases of one sender, newest first; noted with its reason")
        .RequirePermission(Permissions.SearchNumbers).RequireFreshSignIn().ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<InboxItem>>, ProblemHttpResult>> Handle(
        Request request, ClaimsPrincipal user, InboundSmsDb db, IOptions<AnsweringOptions> answering, CaseClocks clocks, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid(nameof(request.Reason), "empty");
        if (!Paging.TryReadCursor(request.Cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(request.Cursor), "cursor");
        var number = PhoneNumber.Parse(request.Number);
        if (number.Kind == SenderKind.Unknown || number.Value.Contains('\0', StringComparison.Ordinal))
            return Problems.Invalid(nameof(request.Number), "number");

        var now = clock.GetUtcNow();
        var sent = from content in db.Contents
                   where content.Sender == number.Value
                   join member in db.CaseMessages on content.MessageId equals member.MessageId
                   select member.CaseId;
        var page = db.ReadableBy(user, now)
            .Where(c => sent.Contains(c.Id) && (c.ReceivedAt < before || (c.ReceivedAt == before && c.FirstMessageId.CompareTo(beforeId) < 0)))
            .OrderByDescending(c => c.ReceivedAt).ThenByDescending(c => c.FirstMessageId).Take(Paging.PageSize + 1);
        var found = Paging.PageOf(await page.ToItemsAsync(db, answering.Value, clocks, now, stop), last => Paging.Cursor(last.ReceivedAt, last.Id));

        var shown = found.Items.Select(item => item.Id).ToList();
        foreach (var caseId in await db.Cases.Where(c => shown.Contains(c.FirstMessageId)).Select(c => c.Id).ToListAsync(stop))
            db.Record(caseId, CaseEventKind.FoundByNumber, now, user, new { reason = request.Reason });
        db.Add(new NumberSearch { Id = Guid.CreateVersion7(now), At = now, Actor = user.Actor, Reason = request.Reason, Found = shown.Count });
        await db.SaveChangesAsync(stop);
        return TypedResults.Ok(found);
    }
}
