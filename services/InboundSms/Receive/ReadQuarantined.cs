using System.ComponentModel.DataAnnotations;
using System.Text;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Receive;

/// <summary>
/// One call that was kept aside, as it came, so that a person can rescue a complaint from it. It is nobody's case yet, so who read it and why stands in the audit trail.
/// </summary>
internal static class ReadQuarantined
{
    /// <param name="Reason">Why; no personal data.</param>
    public sealed record Request([Required, StringLength(300, MinimumLength = 3), RegularExpression(@"^\P{C}*$")] string Reason);

    /// <param name="Entry">As the list shows it.</param>
    /// <param name="Text">The bytes as UTF-8; what is none of it as U+FFFD.</param>
    /// <param name="Bytes">As they came, in Base64.</param>
    public sealed record Response(ListQuarantine.Item Entry, string Text, byte[] Bytes);

    public static void Map(RouteGroupBuilder quarantine) => quarantine.MapPost("/{id:guid}/content", Handle)
        .WithName(nameof(ReadQuarantined)).WithSummary("One of them in full, for a reason, noted in the audit trail")
        .RequirePermission(Permissions.ReadQuarantine).RequireFreshSignIn().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(Guid id, Request request, HttpContext http, InboundSmsDb db, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        if (await db.QuarantinedCalls.AsNoTracking().SingleOrDefaultAsync(q => q.EntryId == id, stop) is not { } call)
            return Problems.NotFound();
        // First: nothing is read that is not in the trail.
        db.WriteToAuditTrail(http, nameof(ReadQuarantined), ("QuarantinedCall", id), request.Reason, $"{call.Channel}: {call.Reason}");
        await db.SaveChangesAsync(stop);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Response(
            new(call.EntryId, call.Channel, call.Reason, call.ReceivedAt, call.IsProved, call.Body.Length), Encoding.UTF8.GetString(call.Body), call.Body));
    }
}
