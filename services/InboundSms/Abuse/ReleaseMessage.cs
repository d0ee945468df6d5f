using System.Security.Claims;
using Contracts.InboundSms;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace InboundSms.Abuse;

/// <summary>
/// Lets a message of a blocked sender through: it is routed as if it had just come. Its legal clock runs since its receipt all the same (BJN 13); who let it through and
/// when stands in the case's history.
/// </summary>
internal static class ReleaseMessage
{
    public static void Map(RouteGroupBuilder blocked) => blocked.MapPost("/blocked-messages/{id:guid}/release", Handle)
        .WithName(nameof(ReleaseMessage)).WithSummary("Lets a message of a muted sender through").RequirePermission(Permissions.BlockSenders).RequireFreshSignIn()
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Accepted, ProblemHttpResult>> Handle(Guid id, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (await db.BlockedMessages.SingleOrDefaultAsync(muted => muted.MessageId == id, stop) is not { } muted)
            return Problems.NotFound();
        if (muted.ReleasedAt is not null)
            return Problems.Conflict("message-released");
        (muted.ReleasedAt, muted.ReleasedBy) = (clock.GetUtcNow(), user.Actor);
        db.Publish(id, user.Actor, new SmsReceived { MessageId = id, ReceivedAt = muted.ReceivedAt });
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Problems.Conflict("message-released");
        }

        return TypedResults.Accepted($"/api/inbound-sms/messages/{id}");
    }
}
