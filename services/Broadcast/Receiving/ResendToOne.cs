using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Broadcast.Sending;
using Broadcast.Storage;
using Broadcast.Wording;
using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Broadcast.Receiving;

/// <summary>
/// The same once more to one recipient (KOR 10e), for a reason: to the number that the directory has for him now, or by e-mail where no SMS reaches him. It was approved for him, so
/// nobody examines it again; whoever was not in the list cannot get it this way.
/// </summary>
internal static partial class ResendToOne
{
    private const int Most = 20;

    /// <param name="Reason">Why; no personal data.</param>
    /// <param name="Resends">How many there have been, as the caller sees it: of two people at once one resends.</param>
    /// <param name="Via">By SMS, or by e-mail.</param>
    /// <param name="Email">With e-mail, where it goes: one address, without a name. No directory has it.</param>
    public sealed record Request(
        [Required, StringLength(300, MinimumLength = 3)] string Reason, [Required, Range(0, Most)] int? Resends, ResendVia Via = ResendVia.Sms,
        [StringLength(254, MinimumLength = 3), RegularExpression(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$")] string? Email = null);

    /// <param name="SmsId">Notification's name for it, of an e-mail too.</param>
    /// <param name="Attempt">1 is the first one after the broadcast's own.</param>
    public sealed record Response(Guid SmsId, int Attempt);

    public static void Map(RouteGroupBuilder broadcasts) => broadcasts.MapPost("/{id:guid}/recipients/{officialId:guid}/resends", HandleAsync).WithName(nameof(ResendToOne))
        .WithSummary("Sends it once more to one recipient, by SMS or e-mail, for a reason").RequirePermission(Permissions.RunBroadcasts).RequireFreshSignIn().AcceptIdempotencyKey()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Accepted<Response>, ProblemHttpResult>> HandleAsync(
        Guid id, Guid officialId, Request request, ClaimsPrincipal user, BroadcastDb db, TimeProvider clock, ILogger<Resend> log, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid(nameof(request.Reason), "empty");
        if ((request.Via == ResendVia.Email) != (request.Email is not null))
            return Problems.Invalid(nameof(request.Email), "resend-email");
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        // Pause and cancellation take it too: after they have answered nothing more leaves. Of two who resend at once the second counts what the first has ordered.
        await db.Database.ExecuteSqlAsync($"select from broadcast where id = {id} for no key update", stop);
        var now = clock.GetUtcNow().InMicroseconds;
        if (await db.Received().Where(m => m.Broadcast.Id == id && m.Recipient.OfficialId == officialId).SingleOrDefaultAsync(stop) is not { } found)
            return Problems.NotFound();
        var (broadcast, recipient) = (found.Broadcast, found.Recipient);
        var revision = await db.Revisions.AsNoTracking().SingleAsync(r => r.BroadcastId == id && r.No == broadcast.Revision, stop);
        if (broadcast.State == BroadcastState.Cancelled)
            return Problems.Conflict("broadcast-cancelled");
        if (broadcast.State == BroadcastState.Paused)
            return Problems.Conflict("broadcast-state", nameof(BroadcastState.Paused));
        if (await db.IsCorrectedAsync(id, stop))
            return Problems.Conflict("corrected-meanwhile");
        if (revision.UsefulUntil <= now)
            return Problems.Conflict("broadcast-expired");
        if (!await db.Assignments.AnyAsync(a => a.OfficialId == officialId && a.ValidFrom <= now && (a.ValidTo == null || a.ValidTo > now), stop))
            return Problems.Conflict("left-office");
        var number = request.Email is not null ? null : await db.Set<Contact>().Where(c => c.OfficialId == officialId).Select(c => c.NoticePhone).FirstOrDefaultAsync(stop);
        if (request.Email is null && !PhoneNumber.Parse(number).CanBeAnswered)
            return Problems.Conflict(number is null ? "no-number" : "not-mobile");
        var attempts = await db.Set<Resend>().CountAsync(r => r.BroadcastId == id && r.OfficialId == officialId, stop);
        if (attempts != request.Resends || attempts == Most)
            return Problems.Conflict(attempts == Most ? "too-many-resends" : "resent-meanwhile");

        var resend = new Resend
        {
            SmsId = Guid.CreateVersion7(now),
            BroadcastId = id,
            OfficialId = officialId,
            Attempt = attempts + 1,
            Reason = Moves.Plain(request.Reason),
            OrderedBy = user.Actor,
            OrderedAt = now,
            Via = request.Via,
            Number = number,
            Email = request.Email,
            State = RecipientState.Ordered,
            ChangedAt = now,
        };
        db.Add(resend);
        db.Record(broadcast, "ResentToOne", user.Actor, now, new { officialId, resend.SmsId, resend.Attempt, resend.Via });
        // A phone that others have too, then or today, names nobody.
        var isShared = number is not null && (recipient.IsShared || recipient.SkipReason == "same-number"
            || await db.Set<Contact>().AnyAsync(c => c.NoticePhone == number && c.OfficialId != officialId, stop));
        var text = isShared ? PlaceholderText.Render(revision.Text, null, null, null) : PlaceholderText.Render(revision.Text, recipient.Name, recipient.Title, recipient.UnitCode);
        var purpose = broadcast.IsEmergency ? SmsPurpose.Emergency : SmsPurpose.Broadcast;
        if (request.Email is { } address)
        {
            db.Publish(id, user.Actor, new SendEmail
            {
                EmailId = resend.SmsId,
                To = address,
                Subject = broadcast.Subject,
                Text = text,
                Purpose = purpose,
                ExpiresAt = revision.UsefulUntil,
                ReportTo = TrackDelivery.Queue,
            });
        }
        else
        {
            db.Publish(id, user.Actor, new SendSms
            {
                SmsId = resend.SmsId,
                To = number!,
                Text = text,
                Channel = revision.Channel,
                From = revision.SenderId,
                Payer = await db.Sendings.Where(s => s.BroadcastId == id).Select(s => s.Payer).SingleOrDefaultAsync(stop),
                Purpose = purpose,
                ExpiresAt = revision.UsefulUntil,
                ReportTo = TrackDelivery.Queue,
            });
        }

        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Ordered(log, resend.Via, resend.SmsId, broadcast.Number);
        return TypedResults.Accepted($"/api/broadcasts/missing-reports?broadcastId={id}", new Response(resend.SmsId, resend.Attempt));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Via} {SmsId} of broadcast {Number} ordered once more for one recipient")]
    private static partial void Ordered(ILogger log, ResendVia via, Guid smsId, long number);
}
