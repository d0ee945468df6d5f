using System.Diagnostics.Metrics;
using InboundSms.Storage;
using ServiceDefaults;

namespace InboundSms.Routing;

/// <summary>What operators see of routing.</summary>
internal sealed class RoutingMetrics
{
    private readonly Counter<long> _routed;
    private readonly Counter<long> _emergencies;
    private readonly Counter<long> _autoAnswers;
    private readonly Counter<long> _loops;

    public RoutingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Telemetry.Name);
        _routed = meter.CreateCounter<long>("platform.sms.routed", "{message}", "Messages of citizens by where they went");
        _emergencies = meter.CreateCounter<long>("platform.sms.emergencies", "{case}", "Cases that became emergencies, by who was told");
        _autoAnswers = meter.CreateCounter<long>("platform.sms.auto_answers", "{sms}", "What the system said by itself, or withheld because the number's budget was spent");
        _loops = meter.CreateCounter<long>("platform.sms.loops", "{alert}", "Signs that another system talks to ours");
    }

    public void Routed(Route route) => _routed.Add(1, new KeyValuePair<string, object?>("route", route.GetType().Name));

    public void EmergencyRaised(string told) => _emergencies.Add(1, new KeyValuePair<string, object?>("told", told));

    public void Said(AutoAnswerKind kind) => _autoAnswers.Add(1, new("kind", kind.ToString()), new("outcome", "said"));

    public void Withheld(AutoAnswerKind kind) => _autoAnswers.Add(1, new("kind", kind.ToString()), new("outcome", "withheld"));

    public void LoopSeen(string reason) => _loops.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
