using Microsoft.AspNetCore.Http.HttpResults;
using Notification.Providers;
using Notification.Sending;
using Notification.Storage;
using ServiceDefaults.Webhooks;

namespace Notification.Reports;

/// <summary>
/// The providers' door for delivery reports. The answer is given when the report is durable; what it means for an SMS is worked out afterwards, so that a
/// report for an SMS that is not known yet is as welcome as any other.
/// </summary>
internal static partial class ReceiveReport
{
    public static void Map(IEndpointRouteBuilder app) => app.MapMethods("/webhooks/sms/{channel}/status", [HttpMethods.Get, HttpMethods.Post], Handle)
        .WithName(nameof(ReceiveReport)).WithTags("Webhooks").WithSummary("A provider reports what became of an SMS, in the provider's own contract")
        .Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status400BadRequest).Produces(StatusCodes.Status401Unauthorized)
        .Produces(StatusCodes.Status404NotFound).Produces(StatusCodes.Status413PayloadTooLarge).Produces(StatusCodes.Status503ServiceUnavailable)
        .IsWebhookDoor();

    private static async Task<Results<ContentHttpResult, StatusCodeHttpResult>> Handle(
        string channel, HttpRequest request, Channels channels, IEnumerable<IReportFormat> formats, NotificationDb db, ReportBell bell, SmsMetrics metrics,
        TimeProvider clock, ILogger<Report> log, CancellationToken stop)
    {
        if (channels.Find(channel) is not { } options || formats.FirstOrDefault(format => format.Type == options.Type) is not { } format)
            return TypedResults.StatusCode(StatusCodes.Status404NotFound);
        if (await WebhookBody.ReadAsync(request, stop) is not { } body)
            return TypedResults.StatusCode(StatusCodes.Status413PayloadTooLarge);

        var now = clock.GetUtcNow();
        switch (format.Read(options, new(request.Headers, request.Query, request.QueryString.Value ?? "", body), now))
        {
            case ReportReading.Unauthentic:
                metrics.Reported(channel, "unauthentic");
                Refused(log, channel, "not authentic");
                return TypedResults.StatusCode(StatusCodes.Status401Unauthorized);
            case ReportReading.Malformed malformed:
                metrics.Reported(channel, "malformed");
                Refused(log, channel, malformed.Field);
                return TypedResults.StatusCode(StatusCodes.Status400BadRequest);
            case ReportReading.Genuine genuine:
                foreach (var report in genuine.Reports)
                    await Report.StoreAsync(db, channel, report, now, stop);
                metrics.Reported(channel, "stored");
                bell.Ring();
                return TypedResults.Text(format.Answer.Body, format.Answer.MediaType);
            default:
                throw new InvalidOperationException("A reading that nobody foresaw.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A report on channel {Channel} was refused: {Why}")]
    private static partial void Refused(ILogger log, string channel, string why);
}
