using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Messages;
using Notification.Sending;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Notification.Operating;

/// <summary>
/// A person has an SMS handed over once more of which nobody knows whether it arrived, or which failed: the one way by which a citizen may get it twice, so it
/// takes a reason and leaves a trace. The version lets one of two people do it.
/// </summary>
internal static class ResendSms
{
    /// <param name="Reason">For the audit trail.</param>
    /// <param name="Version">As read.</param>
    public sealed record Request([Required, StringLength(500)] string Reason, [Required] long? Version);

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/api/notifications/messages/{id:guid}/resend", Handle)
        .WithName(nameof(ResendSms)).WithTags("Messages").WithSummary("Hands over once more what is uncertain or failed")
        .RequirePermission(Permissions.ResendSms).RequireFreshSignIn()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
        .ShowsCurrent<Sms, ListMessages.Item>(sms => ListMessages.Item.Of(sms, null));

    private static async Task<Results<Accepted, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, NotificationDb db, SendingBell bell, IOptions<SendingOptions> options, TimeProvider clock, CancellationToken stop)
    {
        var reason = request.Reason.Trim().Replace('\0', '\uFFFD');
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await db.Sms.FromSql($"select * from sms where id = {id} for update").SingleOrDefaultAsync(stop) is not { } sms)
            return Problems.NotFound();
        if (sms.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (!sms.CanBeResent)
            return Problems.Conflict("not-resendable", sms.State.ToString());
        if (!await db.Contents.AnyAsync(content => content.SmsId == id, stop))
            return Problems.Conflict("content-erased");

        var now = clock.GetUtcNow();
        var was = sms.State;
        // Once for each intent: what was resent and then expired in the queue was with nobody new, whatever route it had been given to.
        await db.Database.ExecuteSqlAsync($"""
            insert into earlier_handover (sms_id, lease_no, channel, reference, provider_id, intent_at)
            select id, lease_no, sent_by, reference, provider_id, intent_at from sms where id = {id} and lease_no > 0
            on conflict do nothing
            """, stop);
        sms.Resend(db, now + options.Value.ValidityOf(sms.Purpose), now);
        db.WriteToAuditTrail(http, nameof(ResendSms), (nameof(Sms), id), reason, was.ToString());
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        bell.Ring();
        return TypedResults.Accepted((string?)null);
    }
}
