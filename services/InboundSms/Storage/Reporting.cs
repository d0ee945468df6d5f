using Microsoft.EntityFrameworkCore;

namespace InboundSms.Storage;

/// <summary>Something that comes up again and again (BJN 7c).</summary>
internal sealed class RecurringProblem
{
    public required Guid Id { get; init; }
    public required string Name { get; set; }
    public required DateTimeOffset OpenedAt { get; init; }
    /// <summary>No case is said to be of it any more.</summary>
    public DateTimeOffset? ClosedAt { get; set; }
    public long Version { get; set; }
}

/// <summary>Of which problem a case is.</summary>
internal sealed class CaseProblem
{
    public required Guid CaseId { get; init; }
    public required Guid ProblemId { get; set; }
}

/// <summary>The report of a month as it was produced (BJN 7e). Append-only.</summary>
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

/// <summary>Stations of a report on its way to the head of government.</summary>
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

/// <summary>Mapping of what reports are made of.</summary>
internal static class ReportTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RecurringProblem>(problem =>
        {
            problem.ToTable("recurring_problem");
            problem.Property(p => p.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<CaseProblem>().ToTable("case_problem").HasKey(p => new { p.CaseId, p.ProblemId });
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
