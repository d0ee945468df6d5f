using System.Diagnostics.Metrics;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Persistence;

namespace InboundSms.Deadlines;

/// <summary>What operators see of the three hours.</summary>
internal sealed class DeadlineMetrics
{
    // Minutes, the stages before the three hours, the three hours, the stages after them, a day.
    private static readonly double[] Boundaries = [60, 300, 600, 1800, 3600, 7200, 9000, 10200, 10800, 12600, 14400, 21600, 43200, 86400];

    private readonly Counter<long> _escalations;
    private readonly Histogram<double> _answers;
    private volatile IReadOnlyList<(string Place, long Open, long Overdue)> _waiting = [];

    public DeadlineMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Telemetry.Name);
        _escalations = meter.CreateCounter<long>("platform.sms.escalations", "{stage}", "Stages of the ladder by name and outcome");
        _answers = meter.CreateHistogram("platform.sms.answer.duration", "s", "From the receipt to the first answer", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Boundaries });
        meter.CreateObservableGauge("platform.sms.cases.open", () => _waiting.Select(place => new Measurement<long>(place.Open, Of(place.Place))), "{case}",
            "Cases that wait for their first answer");
        meter.CreateObservableGauge("platform.sms.cases.overdue", () => _waiting.Select(place => new Measurement<long>(place.Overdue, Of(place.Place))), "{case}",
            "Those of them that are late (BJN 13)");
    }

    public void Escalated(string stage, EscalationOutcome outcome) => _escalations.Add(1, new("stage", stage), new("outcome", outcome.ToString()));

    /// <summary>For the first answer, when it is saved.</summary>
    public void Answered(TimeSpan sinceReceipt) => _answers.Record(sinceReceipt.TotalSeconds);

    public void Saw(IReadOnlyList<(string Place, long Open, long Overdue)> waiting) => _waiting = waiting;

    private static KeyValuePair<string, object?> Of(string place) => new("place", place);
}

/// <summary>Counts every ten seconds what waits.</summary>
internal sealed class WatchDeadlines(NpgsqlDataSource database, DeadlineMetrics metrics, TimeProvider clock, ILogger<WatchDeadlines> log) : BackgroundService
{
    private const string Waiting = """
        select place, count(c.due_at), count(c.due_at) filter (where c.due_at < $1)
        from (values ('tray', 'Unassigned'), ('position', 'Open')) as places (place, status)
        left join sms_case c on c.status = places.status and c.answered_at is null and c.status in ('Unassigned', 'Open')
        group by place
        """;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromSeconds(10), clock, log, LookAsync, stoppingToken);

    internal async Task LookAsync(CancellationToken stop)
    {
        await using var command = database.CreateCommand(Waiting);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await using var reader = await command.ExecuteReaderAsync(stop);
        var waiting = new List<(string Place, long Open, long Overdue)>();
        while (await reader.ReadAsync(stop))
            waiting.Add((reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        metrics.Saw(waiting);
    }
}
