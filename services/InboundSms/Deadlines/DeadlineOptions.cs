using System.ComponentModel.DataAnnotations;

namespace InboundSms.Deadlines;

/// <summary>Who is told.</summary>
[Flags]
public enum Rungs
{
    /// <summary>Switches a stage off.</summary>
    None = 0,
    /// <summary>Who of the unit has taken the case; else the holders of the position.</summary>
    Handler = 1,
    /// <summary>The head of the unit, or of the next unit above that has one, unless that is the handler.</summary>
    Head = 2,
    /// <summary>Chair and Secretary of the SMS Center (BJN 8); where there are none, its Administrators.</summary>
    Secretariat = 4,
    RegionalSecretary = 8,
}

/// <summary>Somebody is told that a case has not been answered.</summary>
public sealed record LadderStage
{
    /// <summary>After the case is due; negative: before.</summary>
    public TimeSpan After { get; init; }

    /// <summary>Names with commas between.</summary>
    public Rungs To { get; init; }
}

/// <summary>Section <c>Deadlines</c>.</summary>
public sealed record DeadlineOptions
{
    /// <summary>Stages by name; a setting of the same name changes one, another name adds one.</summary>
    public IDictionary<string, LadderStage> Ladder { get; } = new Dictionary<string, LadderStage>(StringComparer.OrdinalIgnoreCase)
    {
        ["Before60"] = new() { After = TimeSpan.FromMinutes(-60), To = Rungs.Handler },
        ["Before30"] = new() { After = TimeSpan.FromMinutes(-30), To = Rungs.Handler },
        ["Before10"] = new() { After = TimeSpan.FromMinutes(-10), To = Rungs.Handler },
        ["Due"] = new() { After = TimeSpan.Zero, To = Rungs.Handler | Rungs.Head },
        ["After30"] = new() { After = TimeSpan.FromMinutes(30), To = Rungs.Secretariat },
        ["After60"] = new() { After = TimeSpan.FromMinutes(60), To = Rungs.RegionalSecretary },
    };

    /// <summary>How often the ladder is climbed; an official gets one SMS in this time, however many cases are late.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan Round { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Service hours by weekday, as <c>08:00-12:00, 13:00-16:00</c>; a period over midnight is written as two. None: there is no second clock.</summary>
    public IDictionary<DayOfWeek, string> ServiceHours { get; } = new Dictionary<DayOfWeek, string>();

    /// <summary>Days without service, whatever the weekday.</summary>
    public IList<DateOnly> Holidays { get; } = [];
}
