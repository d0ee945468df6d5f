using System.Text.Json;
using System.Text.Json.Serialization;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Documents;
using ServiceDefaults.Reports;

namespace Broadcast.Reporting;

/// <summary>One broadcast of a month: those whose sending began in it.</summary>
/// <param name="Afterwards">What the Chair said of an emergency that went before he had examined it.</param>
internal sealed record MonthRow(
    long Number, BroadcastKind Kind, string Subject, BroadcastState State, bool IsEmergency, Afterwards? Afterwards, DateTimeOffset StartedAt, Outcome Outcome);

/// <summary>What coordination reports of a month (KOR 6b, 6e): each broadcast whose sending began in it, and their sums.</summary>
internal sealed class MonthFigures(BroadcastDb db, CityTime city, IOptions<BroadcastOptions> options) : IMonthlyFigures
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    // A month without any, after the first one, says so.
    public Task<DateTimeOffset?> FirstAsync(CancellationToken stop) => db.Broadcasts.MinAsync(b => b.StartedAt, stop);

    public async Task<(string Figures, byte[] Spreadsheet)> OfAsync(DateOnly month, CancellationToken stop)
    {
        var rows = await RowsAsync(city.StartOf(month), city.StartOf(month.AddMonths(1)), stop);
        var name = MonthlyReports.NameOf(month);
        return (JsonSerializer.Serialize(new { broadcasts = rows }, Json),
            Spreadsheet.Write([ReportSheets.Month(name, rows), ReportSheets.Each(name, rows, city.Local), ReportSheets.Definitions(rows)]));
    }

    private async Task<IReadOnlyList<MonthRow>> RowsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken stop)
    {
        var sent = await db.Broadcasts.AsNoTracking().Where(b => b.StartedAt >= from && b.StartedAt < to).OrderBy(b => b.StartedAt).ThenBy(b => b.Id).ToListAsync(stop);
        var ids = sent.ConvertAll(b => b.Id);
        var outcomes = await Outcomes.OfAsync(db, ids, options.Value.PricePerSegment, stop);
        return sent.ConvertAll(b => new MonthRow(b.Number, b.Kind, b.Subject, b.State, b.IsEmergency, b.Afterwards, b.StartedAt!.Value, outcomes[b.Id]));
    }
}
