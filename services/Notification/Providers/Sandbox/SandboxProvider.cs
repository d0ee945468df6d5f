using Notification.Storage;

namespace Notification.Providers.Sandbox;

/// <summary>
/// Sends nothing. The last three digits of the number choose the outcome; any other number is delivered. The list is in the README.
/// </summary>
internal sealed class SandboxProvider : ISmsProvider
{
    public Task<SendOutcome> SendAsync(SmsToSend sms, CancellationToken stop) => Task.FromResult(OutcomeOf(sms.Id.ToString(), sms.To, sms.Attempt));

    internal static SendOutcome OutcomeOf(string reference, string number, int attempt)
    {
        var atOperator = new ProviderReport(reference, "operator", SmsState.AcceptedByOperator);
        var delivered = new ProviderReport(reference, "delivered", SmsState.Delivered);
        var failed = new ProviderReport(reference, "failed", SmsState.Failed, "not-delivered");
        return number[^3..] switch
        {
            "002" => Accepted(atOperator, failed),
            "003" => Accepted(atOperator),
            "004" => new(SendResult.Unknown, "no-answer"),
            "005" => new(SendResult.Refused, "refused", "refused-by-provider"),
            "006" when attempt == 1 => new(SendResult.NotNow, "busy"),
            "007" => Accepted(failed, delivered),
            "008" => Accepted(atOperator, new(reference, "expired", SmsState.Expired, "expired-at-operator")),
            "009" => Accepted(delivered, failed),
            _ => Accepted(atOperator, delivered),
        };
    }

    private static SendOutcome Accepted(params IReadOnlyList<ProviderReport> reports) => new(SendResult.Accepted, "accepted", Reports: reports);
}
