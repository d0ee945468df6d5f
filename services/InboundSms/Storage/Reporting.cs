using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Reports;

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
        modelBuilder.UseMonthlyReports();
    }
}
