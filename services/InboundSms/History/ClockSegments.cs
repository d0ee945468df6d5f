namespace InboundSms.History;

/// <summary>Where a case lies.</summary>
public enum CasePlace
{
    /// <summary>The secretariat's tray.</summary>
    Tray,
    /// <summary>The inbox of a position.</summary>
    Position,
    /// <summary>Set aside: nobody is to answer it.</summary>
    SetAside,
}

/// <summary>From this instant on the case lay there.</summary>
internal sealed record Placed(DateTimeOffset At, CasePlace Place, Guid? PositionId = null, string? Keyword = null);

/// <summary>A stretch of the clock: <c>[From, To)</c>.</summary>
internal sealed record ClockSegment(Placed Where, DateTimeOffset From, DateTimeOffset To);

/// <summary>
/// Explains the legal clock: each instant between the receipt and its end lies in exactly one segment, whatever the events and their order. Before the first of
/// them nobody had looked at the message, so it is the secretariat's.
/// </summary>
internal static class ClockSegments
{
    public static IReadOnlyList<ClockSegment> Of(DateTimeOffset start, DateTimeOffset end, IEnumerable<Placed> places)
    {
        var segments = new List<ClockSegment>();
        var (here, since) = (new Placed(start, CasePlace.Tray), start);
        foreach (var next in places.OrderBy(place => place.At))
        {
            // What came after the end explains nothing any more; what is dated before the start was so at the start.
            var at = next.At < start ? start : next.At > end ? end : next.At;
            if (at > since)
                segments.Add(new(here, since, at));
            (here, since) = (next, at > since ? at : since);
        }

        if (end > since)
            segments.Add(new(here, since, end));
        return segments;
    }
}
