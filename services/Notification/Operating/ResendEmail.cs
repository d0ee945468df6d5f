using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Mail;
using Notification.Messages;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Notification.Operating;

/// <summary>A person has an e-mail handed over once more that failed or of which nobody knows whether it arrived, as <see cref="ResendSms"/> does an SMS.</summary>
public static class ResendEmail
{
    /// <param name="Reason">For the audit trail.</param>
    /// <param name="Version">As read.</param>
    public sealed record Request(
        [Required, StringLength(500, MinimumLength = 1), RegularExpression(@"^\P{C}*[^\s\p{C}]\P{C}*$")] string Reason, [Required] long? Version);

    internal static void Map(IEndpointRouteBuilder app) => app.MapPost("/api/notifications/messages/emails/{id:guid}/resend", Handle)
        .WithName(nameof(ResendEmail)).WithTags("Messages").WithSummary("Hands over once more an e-mail that is uncertain or failed")
        .RequirePermission(Permissions.ResendSms).RequireFreshSignIn()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
        .ShowsCurrent<Email, ListEmails.Item>(email => ListEmails.Item.Of(email, null));

    private static async Task<Results<Accepted, ProblemHttpResult>> Handle(
        Guid id, Request request, HttpContext http, NotificationDb db, IOptions<EmailOptions> options, TimeProvider clock, CancellationToken stop)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (await db.FindLockedEmailAsync(id, stop) is not { } email)
            return Problems.NotFound();
        if (email.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (!email.CanBeResent)
            return Problems.Conflict("not-resendable", email.State.ToString());
        if (!await db.EmailContents.AnyAsync(content => content.EmailId == id, stop))
            return Problems.Conflict("content-erased");
        if (!options.Value.IsOn && !email.IsTest)
            return Problems.Conflict("email-off");

        var (was, now) = (email.State, clock.GetUtcNow());
        email.Resend(db, now + options.Value.Validity, now);
        db.WriteToAuditTrail(http, nameof(ResendEmail), (nameof(Email), id), request.Reason, was.ToString());
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Accepted((string?)null);
    }
}
