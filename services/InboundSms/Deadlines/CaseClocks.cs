using InboundSms.Storage;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace InboundSms.Deadlines;

/// <summary>What a clock shows of a case; it stops at the first answer and never starts anew.</summary>
/// <param name="DueAt">When the answer is due by it.</param>
/// <param name="ElapsedSeconds">From the receipt to the answer, or until now.</param>
/// <param name="RemainingSeconds">Until it is due, or was when it stopped; negative when late.</param>
/// <param name="IsBreached">Late. An answer that was late stays so for ever.</param>
public sealed record Clock(DateTimeOffset DueAt, long ElapsedSeconds, long RemainingSeconds, bool IsBreached);

/// <summary>The two clocks of a case, never mixed.</summary>
/// <param name="Legal">BJN 13: by day and night, every day, from our durable receipt.</param>
/// <param name="Service">The same time counted within the hours of service; null when none are configured.</param>
public sealed record Clocks(Clock Legal, Clock? Service);

/// <summary>
/// Reads the clocks. Nothing of them is stored but receipt, due time and first answer, which the database lets nobody change: so a breach cannot be undone, nor can
/// it contradict what it comes from.
/// </summary>
internal sealed class CaseClocks(IOptions<DeadlineOptions> options, CityTime city)
{
    private readonly ServiceCalendar? _calendar = ServiceCalendar.Of(options.Value.ServiceHours, options.Value.Holidays, city.Zone);

    /// <summary>Null for a case that is set aside: no answer is due. How long it took until then stands in its history.</summary>
    public Clocks? Of(SmsCase smsCase, DateTimeOffset now) => smsCase.Status == CaseStatus.SetAside ? null : Of(smsCase.ReceivedAt, smsCase.DueAt, smsCase.AnsweredAt ?? now);

    internal Clocks Of(DateTimeOffset receivedAt, DateTimeOffset dueAt, DateTimeOffset end)
    {
        var allowed = dueAt - receivedAt;
        return new(Show(dueAt, end - receivedAt, allowed),
            _calendar is null ? null : Show(_calendar.After(receivedAt, allowed), _calendar.Between(receivedAt, end), allowed));
    }

    private static Clock Show(DateTimeOffset dueAt, TimeSpan elapsed, TimeSpan allowed)
    {
        // A clock that was set back shows no time less than none.
        var seconds = Math.Max(0, WholeSeconds(elapsed));
        return new(dueAt, seconds, WholeSeconds(allowed) - seconds, elapsed > allowed);
    }

    private static long WholeSeconds(TimeSpan time) => (long)Math.Floor(time.TotalSeconds);
}
