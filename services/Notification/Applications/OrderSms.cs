using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Contracts.Notification;
using Microsoft.AspNetCore.Http.HttpResults;
using Notification.Providers;
using Notification.Storage;
using Notification.Templates;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Notification.Applications;

/// <summary>
/// An application sends SMS in its own name, one or many. It is one more asking service: it orders by the same command as the others, so that lanes, quiet hours and
/// refusals are decided in one place. All of a request is ordered, or nothing.
/// </summary>
public static class OrderSms
{
    public const int MostRecipients = 100;
    public const int LongestText = 1600;
    public const int LongestReference = 200;

    /// <param name="To">A mobile number in any usual spelling.</param>
    /// <param name="Reference">The application's own name for this message; it need not be unique.</param>
    /// <param name="Personalisation">A value for each placeholder of the template.</param>
    public sealed record Recipient(
        [Required, StringLength(32)] string To,
        [StringLength(LongestReference), RegularExpression(@"^\P{C}*$")] string? Reference = null,
        IReadOnlyDictionary<string, string?>? Personalisation = null);

    /// <param name="Recipients">1 to 100.</param>
    /// <param name="Text">What is sent; or a template.</param>
    /// <param name="TemplateId">Its newest version is sent.</param>
    /// <param name="Language">Of the template.</param>
    /// <param name="Purpose">Emergencies need a scope of their own.</param>
    /// <param name="ExpiresAt">After this instant the message has lost its sense and is not sent any more.</param>
    public sealed record Request(
        [Required, MinLength(1), MaxLength(MostRecipients)] IReadOnlyList<Recipient> Recipients,
        [StringLength(LongestText, MinimumLength = 1)] string? Text = null,
        Guid? TemplateId = null,
        Language Language = Language.Indonesian,
        Purpose Purpose = Purpose.Notice,
        DateTimeOffset? ExpiresAt = null);

    /// <summary>Why it is sent.</summary>
    public enum Purpose
    {
        Notice,
        Emergency,
    }

    /// <param name="Items">In the order of the recipients.</param>
    /// <param name="Test">Nothing leaves.</param>
    /// <param name="TemplateVersion">The one that was used.</param>
    public sealed record Response(IReadOnlyList<Ordered> Items, bool Test, long? TemplateVersion);

    /// <param name="Id">Under which status and callbacks come.</param>
    /// <param name="Reference">As given.</param>
    /// <param name="Segments">SMS that the operator counts.</param>
    public sealed record Ordered(Guid Id, string? Reference, int Segments);

    internal static void Map(IEndpointRouteBuilder sms) => sms.MapPost("/", HandleAsync)
        .WithName(nameof(OrderSms)).WithSummary("Sends SMS to one or many; with a test key nothing leaves, and the outcome follows from the number")
        .RequirePermission(Permissions.OrderNotifications).RequireFreshSignIn().AcceptIdempotencyKey()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<Results<Accepted<Response>, ProblemHttpResult>> HandleAsync(
        Request request, HttpContext http, NotificationDb db, DailyLimit limit, TimeProvider clock, CancellationToken stop)
    {
        var (user, now) = (http.User, clock.GetUtcNow().InMicroseconds);
        if (Refuse(request, user, now) is { } refusal)
            return refusal;
        var template = request.TemplateId is { } id ? await db.FindTemplateAsync(id, stop) : null;
        if (request.TemplateId is not null && template is not { IsEmail: false })
            return Problems.Invalid("templateId", "template-unknown");

        var isTest = user.HasScope(Scopes.TestNotifications);
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        var ordered = new List<Ordered>();
        foreach (var (index, recipient) in request.Recipients.Index())
        {
            var field = $"recipients[{index}]";
            if (recipient is null)
                return Problems.Invalid(field, "empty");
            if (PhoneNumber.Parse(recipient.To) is not { CanBeAnswered: true } number)
                return Problems.Invalid($"{field}.to", "notice-phone");
            var (text, wrong) = Wording.Of(request.Text ?? template!.TextIn(request.Language), template is not null, recipient.Personalisation, $"{field}.personalisation");
            if (text is null)
                return wrong!;
            if (text.Length > LongestText)
                return Problems.Invalid($"{field}.personalisation", "text-too-long");

            var order = new ApplicationMessage
            {
                MessageId = Guid.CreateVersion7(now),
                Kind = MessageKind.Sms,
                ApplicationId = user.AccountId,
                Reference = recipient.Reference,
                IsTest = isTest,
                TemplateId = template?.TemplateId,
                TemplateVersion = template?.Version,
                Segments = (short)SmsText.Measure(text).Segments,
                CreatedAt = now,
            };
            db.Add(order);
            db.Publish(order.MessageId, user.Actor, new SendSms
            {
                SmsId = order.MessageId,
                To = number.Value,
                Text = text,
                Channel = isTest ? Channels.Simulation : "",
                Purpose = request.Purpose == Purpose.Emergency ? SmsPurpose.Emergency : SmsPurpose.Notice,
                Payer = user.AccountId.ToString(),
                // A test wakes nobody.
                MayWait = request.Purpose == Purpose.Notice && !isTest,
                ExpiresAt = request.ExpiresAt,
            });
            ordered.Add(new(order.MessageId, order.Reference, order.Segments));
        }

        if (await limit.TakeAsync(db, http, new(user.AccountId, isTest, ordered.Count), now, stop) is { } tooMany)
            return tooMany;
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Accepted((string?)null, new Response(ordered, isTest, template?.Version));
    }

    private static ProblemHttpResult? Refuse(Request request, ClaimsPrincipal user, DateTimeOffset now) =>
        !user.HasScope(Scopes.TestNotifications) && !user.HasScope(request.Purpose == Purpose.Emergency ? Scopes.SendEmergencies : Scopes.SendNotifications)
            ? Problems.Of(StatusCodes.Status403Forbidden, "purpose-needs-scope")
        : (request.Text is null) == (request.TemplateId is null) ? Problems.Invalid("text", "text-or-template")
        : request.Text is { } text && (!text.IsVisible || !Wording.IsPlain(text)) ? Problems.Invalid("text", text.IsVisible ? "control-characters" : "empty")
        : request.ExpiresAt <= now ? Problems.Invalid("expiresAt", "expires-at-past")
        : null;
}
