namespace InboundSms.Deadlines;

/// <summary>A stage of the ladder.</summary>
internal sealed record Stage(string Name, TimeSpan After, Rungs To);

/// <summary>What is to be done for one case now.</summary>
/// <param name="Send">The stage that has come; null: none, or it is done.</param>
/// <param name="Skip">Stages that passed while nobody looked: what they would have said is no longer true, or the later one says more.</param>
/// <param name="NextAt">When to look again; null: the ladder is at its end.</param>
internal sealed record Climb(Stage? Send, IReadOnlyList<Stage> Skip, DateTimeOffset? NextAt);

/// <summary>The stages in the order of their instants. The legal clock has no night (BJN 13), so none of them waits for the morning (NOT-5).</summary>
internal sealed class Ladder(IEnumerable<Stage> stages)
{
    private readonly List<Stage> _stages = [.. stages.Where(stage => stage.To != Rungs.None).OrderBy(stage => stage.After).ThenBy(stage => stage.Name, StringComparer.Ordinal)];

    /// <summary>When the first stage comes; null: there is none.</summary>
    public TimeSpan? First => _stages.Count == 0 ? null : _stages[0].After;

    public static Ladder Of(DeadlineOptions options) => new(options.Ladder.Select(stage => new Stage(stage.Key, stage.Value.After, stage.Value.To)));

    /// <param name="dueAt">Of the case.</param>
    /// <param name="done">Names of the stages that have been sent or skipped.</param>
    /// <param name="now">The instant.</param>
    public Climb At(DateTimeOffset dueAt, IReadOnlySet<string> done, DateTimeOffset now)
    {
        var passed = _stages.TakeWhile(stage => dueAt + stage.After <= now).ToList();
        var latest = passed.LastOrDefault();
        var next = _stages.Count > passed.Count ? dueAt + _stages[passed.Count].After : (DateTimeOffset?)null;
        return new(latest is not null && !done.Contains(latest.Name) ? latest : null, [.. passed.SkipLast(1).Where(stage => !done.Contains(stage.Name))], next);
    }
}
