using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.History;
using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Privacy;

/// <summary>Shows a citizen's number to who must call him; for a reason, which stands in the sealed history of the case before the number leaves.</summary>
internal static class ShowSender
{
    /// <param name="Reason">Why it is needed; no personal data.</param>
    public sealed record Request([Required, StringLength(300, MinimumLength = 3)] string Reason);

    /// <param name="Sender">E.164.</param>
    /// <param name="Name">As a web form or a caller gave it; nothing proves it.</param>
    public sealed record Response(string Sender, string? Name);

    // Outside of the group, which takes Idempotency-Key: a stored answer would be a copy of the number, and a repeat of it in nobody's history.
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/api/inbound-sms/messages/{id:guid}/sender", Handle)
        .WithName(nameof(ShowSender)).WithTags("Messages").WithSummary("The sender's number in full, for a reason, noted in the history of the case")
        .RequirePermission(Permissions.ShowSenders).RequireFreshSignIn().ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> Handle(
        Guid id, Request request, ClaimsPrincipal user, HttpContext http, InboundSmsDb db, TimeProvider clock, CancellationToken stop)
    {
        if (!request.Reason.IsVisible)
            return Problems.Invalid("reason", "empty");
        var now = clock.GetUtcNow();
        var found = await (
            from c in db.ReadableBy(user, now)
            join member in db.CaseMessages on c.Id equals member.CaseId
            join content in db.Contents on member.MessageId equals content.MessageId
            where member.MessageId == id
            select new { c.Id, content.Sender }).SingleOrDefaultAsync(stop);
        if (found is null)
            return Problems.NotFound();
        var contact = await db.SubmissionContacts.AsNoTracking().SingleOrDefaultAsync(c => c.MessageId == id, stop);
        if ((contact?.PhoneNumber ?? found.Sender) is not { Length: > 0 } sender)
            return Problems.Conflict("no-sender");
        db.Record(found.Id, CaseEventKind.SenderShown, now, user, new { messageId = id, reason = request.Reason });
        await db.SaveChangesAsync(stop);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Response(sender, contact?.Name));
    }
}
