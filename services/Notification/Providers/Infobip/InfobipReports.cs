using System.Globalization;
using System.Text;
using System.Text.Json;
using Notification.Storage;
using ServiceDefaults.Webhooks;

namespace Notification.Providers.Infobip;

/// <summary>
/// Infobip's delivery reports (Subscriptions, channel SMS, delivery): batches of results as JSON, with Basic authentication. The group decides, inside the group of the
/// delivered the id: 2 is at the operator, 5 in the handset (infobip.com, "Message status codes").
/// </summary>
internal sealed class InfobipReports : IReportFormat
{
    private const int AtOperator = 2;
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fffzzz";

    internal readonly record struct Status(string Reference, int Group, int Id, string? DoneAt)
    {
        public string Code => string.Create(CultureInfo.InvariantCulture, $"{Group}.{Id}");
    }

    public ProviderType Type => ProviderType.Infobip;

    public (string MediaType, string Body) Answer => ("text/plain", "");

    public ReportReading Read(ChannelOptions channel, ReportCall call, DateTimeOffset now) =>
        !BasicCredentials.IsValid(call.Headers.Authorization, channel.User, channel.SecretsAt(now)) ? new ReportReading.Unauthentic()
        : Read(Encoding.UTF8.GetString(call.Body)) is { Count: > 0 } reports ? new ReportReading.Genuine(reports)
        : new ReportReading.Malformed("results");

    /// <summary>What a batch says that can be understood; the rest of it is nobody's.</summary>
    internal static IReadOnlyList<ProviderReport> Read(string body) => [.. StatusOf(body, "results").Where(status => Meaning(status.Group, status.Id) is not null)
        .Select(status => new ProviderReport(status.Reference, status.Code, Meaning(status.Group, status.Id)!.Value.Told, Meaning(status.Group, status.Id)!.Value.Reason,
            DateTimeOffset.TryParseExact(status.DoneAt?.Replace("+0000", "+00:00", StringComparison.Ordinal), Time, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
                ? at.ToUniversalTime() : null))];

    internal static IReadOnlyList<Status> StatusOf(string body, string list)
    {
        try
        {
            using var json = JsonDocument.Parse(body, new() { MaxDepth = 16 });
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(list, out var items) && items.ValueKind == JsonValueKind.Array
                ? [.. items.EnumerateArray().Select(Of).OfType<Status>()]
                : [];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    internal static (SmsState Told, string? Reason)? Meaning(int group, int id) => group switch
    {
        1 => (SmsState.AcceptedByProvider, null),
        2 => (SmsState.Failed, "not-delivered"),
        3 when id == AtOperator => (SmsState.AcceptedByOperator, null),
        3 => (SmsState.Delivered, null),
        4 => (SmsState.Expired, "expired-at-operator"),
        5 => (SmsState.Failed, "rejected"),
        _ => null,
    };

    private static Status? Of(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("messageId", out var reference) && reference.ValueKind == JsonValueKind.String && ReportFields.IsName(reference.GetString())
        && item.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Object
        && status.TryGetProperty("groupId", out var group) && group.ValueKind == JsonValueKind.Number && group.TryGetInt32(out var groupId)
        && status.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var statusId)
            ? new(reference.GetString()!, groupId, statusId, item.TryGetProperty("doneAt", out var at) && at.ValueKind == JsonValueKind.String ? at.GetString() : null)
            : null;
}
