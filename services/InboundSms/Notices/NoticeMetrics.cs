using System.Diagnostics.Metrics;
using ServiceDefaults;

namespace InboundSms.Notices;

/// <summary>What operators see of the notices.</summary>
internal sealed class NoticeMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _notices = meters.Create(Telemetry.Name).CreateCounter<long>(
        "platform.sms.notices", "{notice}", "Hourly and daily notices to officials by kind, told or held until their quiet hours are over");

    public void Told(NoticeKind kind, int count) => Add(kind, "told", count);

    public void Held(NoticeKind kind, int count) => Add(kind, "held", count);

    private void Add(NoticeKind kind, string outcome, int count) => _notices.Add(count, new("kind", kind.ToString()), new("outcome", outcome));
}
