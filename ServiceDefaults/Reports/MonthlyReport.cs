using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Reports;

/// <summary>The report of a month as it was produced (BJN 7e; KOR 6b, 6e). Append-only.</summary>
public sealed class MonthlyReport
{
    public required Guid Id { get; init; }
    /// <summary>The first day, in the city's calendar.</summary>
    public required DateOnly Month { get; init; }
    public required int Revision { get; init; }
    public required DateTimeOffset ProducedAt { get; init; }
    public required string ProducedBy { get; init; }
    public required bool IsScheduled { get; init; }
    /// <summary>JSON.</summary>
    public required string Figures { get; init; }
    public required byte[] Spreadsheet { get; init; }
    public ICollection<MonthlyReportStep> Steps { get; } = [];
}

/// <summary>Its print, made after it.</summary>
public sealed class MonthlyReportPrint
{
    public required Guid ReportId { get; init; }
    public required byte[] Pdf { get; init; }
}

/// <summary>Stations of a report on its way to the head of government.</summary>
public enum ReportStep
{
    Submitted,
    Forwarded,
}

/// <summary>It has reached a station, once.</summary>
public sealed class MonthlyReportStep
{
    public required Guid ReportId { get; init; }
    public required ReportStep Step { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
}

/// <summary>Mapping of monthly reports; the tables are made by the migrations of the service that reports.</summary>
public static class MonthlyReportTables
{
    /// <summary>Before <c>UsePlatformTables</c>, which names the columns.</summary>
    public static void UseMonthlyReports(this ModelBuilder model)
    {
        model.Entity<MonthlyReport>(report =>
        {
            report.ToTable("monthly_report");
            report.Property(r => r.Figures).HasColumnType("json");
            report.HasMany(r => r.Steps).WithOne().HasForeignKey(s => s.ReportId);
        });
        model.Entity<MonthlyReportPrint>(print =>
        {
            print.ToTable("monthly_report_print").HasKey(p => p.ReportId);
            print.HasOne<MonthlyReport>().WithMany().HasForeignKey(p => p.ReportId);
        });
        model.Entity<MonthlyReportStep>(step =>
        {
            step.ToTable("monthly_report_step").HasKey(s => new { s.ReportId, s.Step });
            step.Property(s => s.Step).HasConversion<string>();
        });
    }
}
