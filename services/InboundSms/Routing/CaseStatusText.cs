using InboundSms.Abuse;
using InboundSms.Resources;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace InboundSms.Routing;

/// <summary>Answers <c>CEK &lt;number&gt;</c> to the number that filed the case, and to every other number as if there were no such case; <c>CEK</c> alone with the latest.</summary>
internal static class CaseStatusText
{
    /// <summary>In one GSM segment.</summary>
    public static async Task<string> ForAsync(InboundSmsDb db, long? caseNumber, string sender, TimeSpan numberRests, CityTime city, DateTimeOffset now, CancellationToken stop)
    {
        var found = await db.CasesOf(sender, now - numberRests).AsNoTracking().Where(c => caseNumber == null || c.Number == caseNumber)
            .OrderByDescending(c => c.Number).FirstOrDefaultAsync(stop);
        if (found is null)
            return caseNumber is { } number ? InboundSmsTexts.CaseNotFound(number) : InboundSmsTexts.NoCase;
        var status = found is { Status: CaseStatus.Open } && found.IsOverdue(now) ? "Late" : found.Status.ToString();
        var at = TimeZoneInfo.ConvertTime(found.AnsweredAt ?? found.ReceivedAt, city.Zone).DateTime;
        return InboundSmsTexts.CaseStatus(status, found.Number, found.Keyword, at);
    }
}
