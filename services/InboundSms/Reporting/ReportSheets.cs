using InboundSms.Resources;
using ServiceDefaults.Documents;

namespace InboundSms.Reporting;

/// <summary>The tables of a printed report. Official documents are in Indonesian.</summary>
internal static class ReportSheets
{
    private const double Wide = 6;
    private const double Narrow = 2.2;

    private static readonly string[] Counted =
        ["Received", "Answered", "InTime", "Late", "Waiting", "Overdue", "AnswerFailed", "SetAside", "Median", "Ninetieth", "InTimeShare"];

    private static readonly string[] OfProblem = ["Cases", "CasesBefore", "Units", "FirstAt", "LastAt"];

    public static Sheet Recap(RecapBy by, string period, IEnumerable<RecapRow> rows, RecapRow total) => new(
        ReportTexts.Of($"By.{by}"),
        ReportTexts.Of("Recap", ReportTexts.Of($"By.{by}"), period),
        [(ReportTexts.Of($"By.{by}"), Wide), .. Counted.Select(figure => (ReportTexts.Of(figure), Narrow))],
        [.. rows.Select(row => Cells(Name(by, row), row)), Cells(ReportTexts.Of("Total"), total)]);

    public static Sheet Problems(string period, IEnumerable<ProblemRow> rows, Func<DateTimeOffset, DateTimeOffset> local) => new(
        ReportTexts.Of("Problems"),
        ReportTexts.Of("ProblemsTitle", period),
        [(ReportTexts.Of("Problem"), Wide), .. OfProblem.Select(header => (ReportTexts.Of(header), Narrow * 1.4))],
        rows.Select(row => (IReadOnlyList<object?>)[row.Name, row.Cases, row.CasesBefore, row.Units, local(row.FirstAt), local(row.LastAt)]));

    /// <summary>What each figure means: whoever reads it must be able to count it himself.</summary>
    public static Sheet Definitions() => new(
        ReportTexts.Of("Definitions"), ReportTexts.Of("Definitions"), [(ReportTexts.Of("Figure"), Wide), (ReportTexts.Of("Meaning"), 3 * Wide)],
        Counted.Select(figure => (IReadOnlyList<object?>)[ReportTexts.Of(figure), ReportTexts.Of($"{figure}.Meaning")]));

    private static string Name(RecapBy by, RecapRow row) => (by, row.Name) switch
    {
        (RecapBy.Unit, null) => ReportTexts.Of("NoUnit"),
        (_, null) => ReportTexts.Of("None"),
        (RecapBy.Class, { } name) => ReportTexts.Of($"Class.{name}"),
        (_, { } name) => name,
    };

    private static IReadOnlyList<object?> Cells(string name, RecapRow row) =>
    [
        name, row.Received, row.Answered, row.InTime, row.Late, row.Waiting, row.Overdue, row.AnswerFailed, row.SetAside,
        Span(row.MedianSeconds), Span(row.NinetiethSeconds), Share(row),
    ];

    private static TimeSpan? Span(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(Math.Round(value)) : null;

    // Of those whose three hours are over or that are answered: what still has time is neither.
    private static string? Share(RecapRow row)
    {
        var judged = row.InTime + row.Late + row.Overdue;
        return judged == 0 ? null : string.Create(System.Globalization.CultureInfo.GetCultureInfo("id"), $"{100.0 * row.InTime / judged:0.0} %");
    }
}
