using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Storage;
using ServiceDefaults.Webhooks;

namespace Notification.Mail;

/// <summary>
/// The mail server's door for what arrives at return paths: the message as it came, the return path in <c>X-Envelope-To</c>, Basic authentication. 200 also to what says nothing
/// about an e-mail of ours: the mail server would only send it again.
/// </summary>
internal static partial class ReceiveBounce
{
    public const string Recipient = "X-Envelope-To";

    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/webhooks/email/bounces", HandleAsync)
        .WithName(nameof(ReceiveBounce)).WithTags("Webhooks").WithSummary("The mail server hands over what came to a return path")
        .Accepts<string>("message/rfc822")
        .Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status401Unauthorized).Produces(StatusCodes.Status413PayloadTooLarge).Produces(StatusCodes.Status503ServiceUnavailable)
        .IsWebhookDoor();

    private static async Task<StatusCodeHttpResult> HandleAsync(
        HttpRequest request, NotificationDb db, IOptions<EmailOptions> options, TimeProvider clock, ILogger<Email> log, CancellationToken stop)
    {
        var settings = options.Value;
        if (settings.BounceDomain.Length == 0 || !BasicCredentials.IsValid(request.Headers.Authorization, settings.BounceUser, [settings.BounceSecret]))
            return TypedResults.StatusCode(StatusCodes.Status401Unauthorized);
        if (await WebhookBody.ReadAsync(request, stop) is not { } body)
            return TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge);

        var id = ReturnPath.Read(settings, request.Headers[Recipient]);
        var reading = BounceText.Read(body);
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        if (id is null || reading is null || await db.FindLockedEmailAsync(id.Value, stop) is not { } email)
        {
            Strange(log, id is not null, reading is not null);
            return TypedResults.StatusCode(StatusCodes.Status200OK);
        }

        email.Learn(db, new("report", null, reading.Code, reading.Told, reading.Reason), clock.GetUtcNow());
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        Learnt(log, email.Id, reading.Code, email.State);
        return TypedResults.StatusCode(StatusCodes.Status200OK);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Report {Code} on e-mail {EmailId}: {State}")]
    private static partial void Learnt(ILogger log, Guid emailId, string code, SmsState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Something came to the return paths that tells nothing (one of ours: {IsOurs}, a report: {IsReport})")]
    private static partial void Strange(ILogger log, bool isOurs, bool isReport);
}
