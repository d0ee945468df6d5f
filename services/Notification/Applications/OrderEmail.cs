using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Notification.Mail;
using Notification.Storage;
using Notification.Templates;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Notification.Applications;

/// <summary>An application sends e-mails in the city's name, one or many, as <see cref="OrderSms"/> does SMS. All of a request is ordered, or nothing.</summary>
public static class OrderEmail
{
    /// <param name="To">One address, without a name.</param>
    /// <param name="Reference">The application's own name for this message; it need not be unique.</param>
    /// <param name="Personalisation">A value for each placeholder of the template.</param>
    public sealed record Recipient(
        [Required, StringLength(EmailAddress.Longest)] string To,
        [StringLength(OrderSms.LongestReference), RegularExpression(@"^\P{C}*$")] string? Reference = null,
        IReadOnlyDictionary<string, string?>? Personalisation = null);

    /// <param name="Recipients">1 to 100; each gets an e-mail of its own.</param>
    /// <param name="Subject">With a text.</param>
    /// <param name="Text">Plain; the HTML part is made from it. Or a template.</param>
    /// <param name="TemplateId">Its newest version is sent.</param>
    /// <param name="Language">Of the template.</param>
    /// <param name="UnsubscribeUrl">https; where one click ends what this e-mail is part of (RFC 8058).</param>
    /// <param name="ExpiresAt">After this instant the message has lost its sense and is not sent any more.</param>
    public sealed record Request(
        [Required, MinLength(1), MaxLength(OrderSms.MostRecipients)] IReadOnlyList<Recipient> Recipients,
        [StringLength(TemplateContent.LongestSubject, MinimumLength = 1), RegularExpression(@"^\P{C}*$")] string? Subject = null,
        [StringLength(AcceptEmail.LongestText, MinimumLength = 1)] string? Text = null,
        Guid? TemplateId = null,
        Language Language = Language.Indonesian,
        string? UnsubscribeUrl = null,
        DateTimeOffset? ExpiresAt = null);

    /// <param name="Items">In the order of the recipients.</param>
    /// <param name="Test">Nothing leaves.</param>
    /// <param name="TemplateVersion">The one that was used.</param>
    public sealed record Response(IReadOnlyList<Ordered> Items, bool Test, long? TemplateVersion);

    public sealed record Ordered(Guid Id, string? Reference);

    internal static void Map(IEndpointRouteBuilder emails) => emails.MapPost("/", HandleAsync)
        .WithName(nameof(OrderEmail)).WithSummary("Sends e-mails to one or many; with a test key nothing leaves, and the outcome follows from the address")
        .RequirePermission(Permissions.OrderNotifications).RequireFreshSignIn().AcceptIdempotencyKey()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status429TooManyRequests)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Accepted<Response>, ProblemHttpResult>> HandleAsync(
        Request request, HttpContext http, NotificationDb db, DailyLimit limit, IOptions<EmailOptions> options, TimeProvider clock, CancellationToken stop)
    {
        var (user, now) = (http.User, clock.GetUtcNow().InMicroseconds);
        var isTest = user.HasScope(Scopes.TestNotifications);
        if (Refuse(request, user, options.Value, now) is { } refusal)
            return refusal;
        var template = request.TemplateId is { } id ? await db.FindTemplateAsync(id, stop) : null;
        if (request.TemplateId is not null && template is not { IsEmail: true })
            return Problems.Invalid("templateId", "template-unknown");

        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        var ordered = new List<Ordered>();
        foreach (var (index, recipient) in request.Recipients.Index())
        {
            var field = $"recipients[{index}]";
            if (recipient is null)
                return Problems.Invalid(field, "empty");
            var (written, values) = (request.Text ?? template!.TextIn(request.Language), recipient.Personalisation);
            var subject = request.Subject ?? template!.SubjectIn(request.Language)!;
            var (text, wrong) = Wording.Of(written, template is not null, values, $"{field}.personalisation", subject);
            if (text is null)
                return wrong!;
            var email = new SendEmail
            {
                EmailId = Guid.CreateVersion7(now),
                To = recipient.To,
                Subject = template is null || values is null ? subject : Wording.Fill(subject, values),
                Text = text,
                Purpose = SmsPurpose.Notice,
                UnsubscribeUrl = request.UnsubscribeUrl,
                MayWait = !isTest,
                ExpiresAt = request.ExpiresAt,
                IsTest = isTest,
            };
            if (AcceptEmail.RefusalOf(email, options.Value) is { } why)
                return why == "address-invalid" ? Problems.Invalid($"{field}.to", "email-address")
                    : Problems.Invalid(template is not null ? $"{field}.personalisation" : why == "subject-invalid" ? "subject" : "text", ProblemOf(email));

            db.Add(new ApplicationMessage
            {
                MessageId = email.EmailId,
                Kind = MessageKind.Email,
                ApplicationId = user.AccountId,
                Reference = recipient.Reference,
                IsTest = isTest,
                TemplateId = template?.TemplateId,
                TemplateVersion = template?.Version,
                CreatedAt = now,
            });
            db.Publish(email.EmailId, user.Actor, email);
            ordered.Add(new(email.EmailId, recipient.Reference));
        }

        if (await limit.TakeAsync(db, http, new(user.AccountId, isTest, ordered.Count), now, stop) is { } tooMany)
            return tooMany;
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Accepted((string?)null, new Response(ordered, isTest, template?.Version));
    }

    /// <summary>Of an e-mail that does not do with the values in their places.</summary>
    private static string ProblemOf(SendEmail email) =>
        email.Subject.Length == 0 || email.Text.Length == 0 ? "empty"
        : email.Subject.Length > TemplateContent.LongestSubject || email.Text.Length > AcceptEmail.LongestText ? "text-too-long"
        : "control-characters";

    private static ProblemHttpResult? Refuse(Request request, ClaimsPrincipal user, EmailOptions options, DateTimeOffset now) =>
        !user.HasScope(Scopes.TestNotifications) && !user.HasScope(Scopes.SendNotifications) ? Problems.Of(StatusCodes.Status403Forbidden, "purpose-needs-scope")
        : !options.IsOn && !user.HasScope(Scopes.TestNotifications) ? Problems.Conflict("email-off")
        : (request.Text is null) == (request.TemplateId is null) ? Problems.Invalid("text", "text-or-template")
        : (request.Text is null) != (request.Subject is null) ? Problems.Invalid("subject", "subject-with-text")
        : request.Text is { } text && (!text.IsVisible || !Wording.IsPlain(text) || !text.IsNormalizable) ? Problems.Invalid("text", text.IsVisible ? "control-characters" : "empty")
        : request.UnsubscribeUrl is { } url && !AcceptEmail.IsPlainHttps(url) ? Problems.Invalid("unsubscribeUrl", "unsubscribe-url")
        : request.ExpiresAt <= now ? Problems.Invalid("expiresAt", "expires-at-past")
        : null;
}
