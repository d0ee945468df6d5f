using Microsoft.EntityFrameworkCore;

namespace Broadcast.Storage;

/// <summary>The report of a month as it was produced (KOR 6b, 6e). Append-only.</summary>
internal sealed class MonthlyReport
{
    public required Guid Id { get; init; }
    /// <summary>The first day, in the city's calendar.</summary>
    public required DateOnly Month { get; init; }
    public required int Revision { get; init; }
    public required DateTimeOffset ProducedAt { get; init; }
    public required string ProducedBy { get; init; }
    public required bool IsScheduled { get; init; }
    public required string Figures { get; init; }
    public required byte[] Spreadsheet { get; init; }
    public ICollection<MonthlyReportStep> Steps { get; } = [];
}

internal sealed class MonthlyReportPrint
{
    public required Guid ReportId { get; init; }
    public required byte[] Pdf { get; init; }
}

/// <summary>Stations of a report on its way to the Mayor.</summary>
internal enum ReportStep
{
    Submitted,
    Forwarded,
}

internal sealed class MonthlyReportStep
{
    public required Guid ReportId { get; init; }
    public required ReportStep Step { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
}

/// <summary>Mapping of monthly reports.</summary>
internal static class ReportTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<MonthlyReport>(report =>
        {
            report.ToTable("monthly_report");
            report.Property(r => r.Figures).HasColumnType("json");
            report.HasMany(r => r.Steps).WithOne().HasForeignKey(s => s.ReportId);
        });
        modelBuilder.Entity<MonthlyReportPrint>(print =>
        {
            print.ToTable("monthly_report_print").HasKey(p => p.ReportId);
            print.HasOne<MonthlyReport>().WithMany().HasForeignKey(p => p.ReportId);
        });
        modelBuilder.Entity<MonthlyReportStep>(step =>
        {
            step.ToTable("monthly_report_step").HasKey(s => new { s.ReportId, s.Step });
            step.Property(s => s.Step).HasConversion<string>();
        });
    }
}
