using System.Globalization;
using InboundSms.Resources;
using ServiceDefaults;

namespace InboundSms.Notices;

/// <summary>One GSM segment: counts, from when to when, and where to look. Nothing of a citizen. The times keep it true, however late it comes.</summary>
internal static class NoticeText
{
    public static string Hourly(int messages, int waiting, DateTimeOffset since, DateTimeOffset until, string link, CityTime city) =>
        InboundSmsTexts.HourlyNotice(Written(since, "dd/MM HH.mm", city), Written(until, "HH.mm", city), messages, waiting, link);

    public static string Daily(int cases, int late, DateTimeOffset now, string link, CityTime city) =>
        InboundSmsTexts.DailyNotice(Written(now, "dd/MM HH.mm", city), cases, late, link);

    private static string Written(DateTimeOffset instant, string format, CityTime city) => city.Local(instant).ToString(format, CultureInfo.InvariantCulture);
}
