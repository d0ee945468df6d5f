using System.Text.Json;
using System.Text.Json.Serialization;
using InboundSms.Resources;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Documents;
using ServiceDefaults.Reports;

namespace InboundSms.Reporting;

/// <summary>What the SMS Center reports of a month (BJN 7e): recaps by unit, class, problem and day, and the problems that came up again.</summary>
internal sealed class MonthFigures(InboundSmsDb db, CityTime city, TimeProvider clock) : IMonthlyFigures
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public Task<DateTimeOffset?> FirstAsync(CancellationToken stop) =>
        db.Cases.OrderBy(c => c.ReceivedAt).Select(c => (DateTimeOffset?)c.ReceivedAt).FirstOrDefaultAsync(stop);

    public async Task<(string Figures, byte[] Spreadsheet)> OfAsync(DateOnly month, CancellationToken stop)
    {
        var (from, to, now) = (city.StartOf(month), city.StartOf(month.AddMonths(1)), clock.GetUtcNow());
        var period = MonthlyReports.NameOf(month);
        var recaps = new List<(RecapBy By, IReadOnlyList<RecapRow> Rows, RecapRow Total)>();
        foreach (var by in new[] { RecapBy.Unit, RecapBy.Class, RecapBy.Problem, RecapBy.Day })
        {
            var (rows, total) = await Figures.RecapAsync(db, by, from, to, city.Zone, now, stop);
            recaps.Add((by, rows, total));
        }

        var problems = await Figures.ProblemsAsync(db, from, to, stop);
        return (JsonSerializer.Serialize(new { recaps[0].Total, Recaps = recaps.ToDictionary(r => r.By, r => r.Rows), Problems = problems }, Json),
            Spreadsheet.Write([.. recaps.Select(r => ReportSheets.Recap(r.By, period, r.Rows, r.Total)), ReportSheets.Problems(period, problems, city.Local), ReportSheets.Definitions()]));
    }
}
