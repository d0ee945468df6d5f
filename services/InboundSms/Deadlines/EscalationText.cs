using System.Globalization;
using InboundSms.Resources;
using InboundSms.Storage;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace InboundSms.Deadlines;

/// <summary>What an official is told: numbers and keywords of cases, nothing of the citizen. No link: officials who tap links in SMS are everybody's prey.</summary>
internal static class EscalationText
{
    /// <summary>One GSM segment.</summary>
    public static string For(IReadOnlyCollection<SmsCase> cases, DateTimeOffset now, CityTime city)
    {
        var inOrder = cases.OrderBy(one => one.DueAt).ThenBy(one => one.Number).ToList();
        var due = TimeZoneInfo.ConvertTime(inOrder[0].DueAt, city.Zone).ToString("dd/MM HH.mm", CultureInfo.InvariantCulture);
        if (inOrder is [var only])
            return InboundSmsTexts.CaseWaits(only.Number, only.Keyword, only.Priority == Priority.Emergency, due, only.DueAt <= now);

        var late = inOrder.Count(one => one.DueAt <= now);
        var (text, numbers) = ("", "");
        foreach (var smsCase in inOrder)
        {
            numbers += numbers.Length == 0 ? $"{smsCase.Number}" : $", {smsCase.Number}";
            var longer = InboundSmsTexts.CasesWait(inOrder.Count, late, due, numbers);
            if (text.Length > 0 && SmsText.Measure(longer) is not { IsGsm: true, Segments: 1 })
                break;
            text = longer;
        }

        return text;
    }
}
