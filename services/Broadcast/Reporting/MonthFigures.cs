using System.Text.Json;
using System.Text.Json.Serialization;
using Broadcast.Resources;
using Broadcast.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Documents;
using ServiceDefaults.Persistence;

namespace Broadcast.Reporting;

/// <summary>One broadcast of a month: those whose sending began in it.</summary>
/// <param name="Afterwards">What the Chair said of an emergency that went before he had examined it.</param>
internal sealed record MonthRow(
    long Number, BroadcastKind Kind, string Subject, BroadcastState State, bool IsEmergency, DecisionOutcome? Afterwards, DateTimeOffset StartedAt, Outcome Outcome);

/// <summary>Makes the report of a month.</summary>
internal static class MonthFigures
{
    private const int Most = 1000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Stores it as the next revision; a repeat of the schedule is nothing. Null: somebody has produced one meanwhile.</summary>
    public static async Task<MonthlyReport?> ProduceAsync(
        BroadcastDb db, CityTime city, DateOnly month, string actor, bool isScheduled, DateTimeOffset now, CancellationToken stop)
    {
        var rows = await RowsAsync(db, city.StartOf(month), city.StartOf(month.AddMonths(1)), stop);
        var name = NameOf(month);
        var report = new MonthlyReport
        {
            Id = Guid.CreateVersion7(now),
            Month = month,
            Revision = await db.Set<MonthlyReport>().Where(r => r.Month == month).MaxAsync(r => (int?)r.Revision, stop) + 1 ?? 1,
            ProducedAt = now.InMicroseconds,
            ProducedBy = actor,
            IsScheduled = isScheduled,
            Figures = JsonSerializer.Serialize(new { broadcasts = rows }, Json),
            Spreadsheet = Spreadsheet.Write([ReportSheets.Month(name, rows), ReportSheets.Each(name, rows, city.Local), ReportSheets.Definitions()]),
        };
        db.Add(report);
        try
        {
            await db.SaveChangesAsync(stop);
            return report;
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation("monthly_report_scheduled_once") || taken.IsUniqueViolation("monthly_report_month_revision_key"))
        {
            db.ChangeTracker.Clear();
            return null;
        }
    }

    public static string NameOf(DateOnly month) => month.ToString("MMMM yyyy", ReportTexts.Indonesian);

    private static async Task<IReadOnlyList<MonthRow>> RowsAsync(BroadcastDb db, DateTimeOffset from, DateTimeOffset to, CancellationToken stop)
    {
        var sent = await db.Broadcasts.AsNoTracking().Where(b => b.StartedAt >= from && b.StartedAt < to).OrderBy(b => b.StartedAt).ThenBy(b => b.Id).Take(Most).ToListAsync(stop);
        var ids = sent.ConvertAll(b => b.Id);
        var outcomes = await Outcomes.OfAsync(db, ids, stop);
        var afterwards = await db.Decisions
            .Where(d => ids.Contains(d.BroadcastId) && (d.Outcome == DecisionOutcome.ApprovedAfterwards || d.Outcome == DecisionOutcome.DisapprovedAfterwards))
            .Select(d => new { d.BroadcastId, d.Outcome }).ToDictionaryAsync(d => d.BroadcastId, d => d.Outcome, stop);
        return sent.ConvertAll(b => new MonthRow(
            b.Number, b.Kind, b.Subject, b.State, b.IsEmergency, afterwards.TryGetValue(b.Id, out var said) ? said : null, b.StartedAt!.Value, outcomes[b.Id]));
    }
}
