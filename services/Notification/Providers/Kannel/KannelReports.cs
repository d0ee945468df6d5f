using System.Globalization;
using Notification.Storage;
using ServiceDefaults.Webhooks;

namespace Notification.Providers.Kannel;

/// <summary>
/// Kannel calls the address that <see cref="KannelProvider"/> gave it, with Basic authentication: <c>id</c>, <c>status</c>, <c>ts</c> in the query, or as a form.
/// </summary>
internal sealed class KannelReports : IReportFormat
{
    // Bits of %d (user guide, "Delivery reports").
    private const int Delivered = 1;
    private const int NotDelivered = 2;
    private const int Submitted = 8;
    private const int Rejected = 16;
    private const int Intermediate = 32;
    private const int AllBits = 63;

    public ProviderType Type => ProviderType.Kannel;

    public (string MediaType, string Body) Answer => ("text/plain", "");

    public ReportReading Read(ChannelOptions channel, ReportCall call, DateTimeOffset now)
    {
        if (!BasicCredentials.IsValid(call.Headers.Authorization, channel.User, channel.SecretsAt(now)))
            return new ReportReading.Unauthentic();
        if (FormBody.Parse(call.Body) is not { } form)
            return new ReportReading.Malformed("form");

        string? Field(string name) => call.Query[name] is [{ } value] ? value : form.Value(name);
        var (id, status) = (Field("id"), Field("status"));
        if (!ReportFields.IsName(id))
            return new ReportReading.Malformed("id");
        return int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && Meaning(bits) is { } meaning
            ? new ReportReading.Genuine([new(id!, bits.ToString(CultureInfo.InvariantCulture), meaning.Told, meaning.Reason, ReportFields.UnixTime(Field("ts")))])
            : new ReportReading.Malformed("status");
    }

    /// <summary>The value is a set of bits (gateways send 9, 12, 18): final ones win, delivered first.</summary>
    internal static (SmsState Told, string? Reason)? Meaning(int bits) => bits switch
    {
        <= 0 or > AllBits => null,
        _ when (bits & Delivered) != 0 => (SmsState.Delivered, null),
        _ when (bits & Rejected) != 0 => (SmsState.Failed, "rejected"),
        _ when (bits & NotDelivered) != 0 => (SmsState.Failed, "not-delivered"),
        _ when (bits & (Submitted | Intermediate)) != 0 => (SmsState.AcceptedByOperator, null),
        _ => (SmsState.AcceptedByProvider, null),
    };
}
