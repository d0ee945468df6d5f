using Broadcast.Resources;
using Broadcast.Storage;
using ServiceDefaults.Documents;
using ServiceDefaults.Sms;

namespace Broadcast.Reporting;

/// <summary>A recipient as a list shows him, and what came back from him.</summary>
internal sealed record ListedRecipient(Recipient Recipient, DateTimeOffset? ReadAt, DateTimeOffset? AnsweredAt, DateTimeOffset? MissingAt);

/// <summary>The tables of printed reports and of the dossier. Official documents are in Indonesian.</summary>
internal static class ReportSheets
{
    private const double Wide = 6;
    private const double Narrow = 2.2;

    private static readonly (string Name, Func<Outcome, decimal?> Of)[] All =
    [
        ("Frozen", o => o.Frozen), ("Arrivals", o => o.Arrivals), ("Sent", o => o.Sent), ("Delivered", o => o.Delivered), ("Pending", o => o.Pending), ("Uncertain", o => o.Uncertain),
        ("Failed", o => o.Failed), ("Withdrawn", o => o.Withdrawn), ("Listed", o => o.Listed), ("Skipped", o => o.Skipped), ("Segments", o => o.Segments), ("Cost", o => o.Cost),
        ("Read", o => o.Read), ("Answered", o => o.Answered), ("Attend", o => o.Attend), ("StayAway", o => o.StayAway), ("Missing", o => o.Missing), ("Resent", o => o.Resent),
    ];

    /// <summary>One broadcast: each figure with what it means, so that whoever reads it could count it himself.</summary>
    public static Sheet Report(BroadcastMessage broadcast, Outcome outcome, Func<DateTimeOffset, DateTimeOffset> local) => new(
        ReportTexts.Of("Sheet.Report"),
        ReportTexts.Of("Report", broadcast.Number),
        [(ReportTexts.Of("Figure"), Wide), (ReportTexts.Of("Value"), Wide), (ReportTexts.Of("Meaning"), 2 * Wide)],
        [
            [ReportTexts.Of("Subject"), broadcast.Subject, null],
            [ReportTexts.Of("Kind"), ReportTexts.Of($"Kind.{broadcast.Kind}"), broadcast.IsEmergency ? ReportTexts.Of("Emergencies") : null],
            [ReportTexts.Of("Afterwards"), broadcast.Afterwards is { } stands ? ReportTexts.Of($"Afterwards.{stands}") : null, null],
            [ReportTexts.Of("State"), ReportTexts.Of($"State.{broadcast.State}"), null],
            [ReportTexts.Of("StartedAt"), broadcast.StartedAt is { } started ? local(started) : null, null],
            [ReportTexts.Of("EndedAt"), broadcast.EndedAt is { } ended ? local(ended) : null, null],
            .. FiguresOf([outcome]).SelectMany<(string Name, Func<Outcome, decimal?> Of), IReadOnlyList<object?>>(figure =>
            [
                [ReportTexts.Of(figure.Name), figure.Of(outcome), ReportTexts.Of($"{figure.Name}.Meaning")],
                .. figure.Name == "Skipped" ? outcome.SkippedBy.Select(IReadOnlyList<object?> (by) => [$"– {SkipReason(by.Key)}", by.Value, null]) : [],
            ]),
        ]);

    public static Sheet List(BroadcastMessage broadcast, IEnumerable<ListedRecipient> recipients, Func<DateTimeOffset, DateTimeOffset> local) => new(
        ReportTexts.Of("Sheet.List"),
        ReportTexts.Of("List", broadcast.Number),
        [
            (ReportTexts.Of("Name"), Wide), (ReportTexts.Of("Title"), Wide), (ReportTexts.Of("Unit"), Narrow), (ReportTexts.Of("Phone"), 1.5 * Narrow), (ReportTexts.Of("Reasons"), Wide),
            (ReportTexts.Of("State"), 1.5 * Narrow), (ReportTexts.Of("ReadAt"), 1.5 * Narrow), (ReportTexts.Of("AnsweredAt"), 1.5 * Narrow), (ReportTexts.Of("MissingAt"), 1.5 * Narrow),
        ],
        recipients.Select(IReadOnlyList<object?> (row) =>
        [
            row.Recipient.Name, row.Recipient.Title, row.Recipient.UnitCode, row.Recipient.Number is { } number ? PhoneNumber.Mask(number) : null,
            string.Join("; ", row.Recipient.IsArrival ? [.. row.Recipient.Reasons, ReportTexts.Of("Arrivals")] : row.Recipient.Reasons), State(row.Recipient),
            row.ReadAt is { } read ? local(read) : null, row.AnsweredAt is { } answered ? local(answered) : null, row.MissingAt is { } missing ? local(missing) : null,
        ]));

    /// <summary>What was sent in a month, by kind (KOR 7(6), 9(1)).</summary>
    public static Sheet Month(string month, IReadOnlyList<MonthRow> rows) => new(
        ReportTexts.Of("Sheet.Month"),
        ReportTexts.Of("Monthly", month),
        [(ReportTexts.Of("Kind"), Wide), (ReportTexts.Of("Broadcasts"), Narrow), (ReportTexts.Of("Emergencies"), Narrow), .. FiguresOf(rows).Select(figure => (ReportTexts.Of(figure.Name), Narrow))],
        [
            .. rows.GroupBy(row => row.Kind).OrderBy(kind => kind.Key).Select(kind => Sum(ReportTexts.Of($"Kind.{kind.Key}"), [.. kind])),
            Sum(ReportTexts.Of("Total"), rows),
        ]);

    public static Sheet Each(string month, IReadOnlyList<MonthRow> rows, Func<DateTimeOffset, DateTimeOffset> local) => new(
        ReportTexts.Of("Sheet.Each"),
        ReportTexts.Of("Monthly", month),
        [
            (ReportTexts.Of("Number"), Narrow), (ReportTexts.Of("Subject"), Wide), (ReportTexts.Of("Kind"), Wide), (ReportTexts.Of("State"), Narrow), (ReportTexts.Of("StartedAt"), 1.5 * Narrow),
            (ReportTexts.Of("Afterwards"), Narrow), .. FiguresOf(rows).Select(figure => (ReportTexts.Of(figure.Name), Narrow)),
        ],
        rows.Select(IReadOnlyList<object?> (row) =>
        [
            row.Number, row.Subject, ReportTexts.Of($"Kind.{row.Kind}"), ReportTexts.Of($"State.{row.State}"), local(row.StartedAt),
            row.Afterwards is { } stands ? ReportTexts.Of($"Afterwards.{stands}") : null, .. FiguresOf(rows).Select(figure => (object?)figure.Of(row.Outcome)),
        ]));

    public static Sheet Definitions(IReadOnlyList<MonthRow> rows) => new(
        ReportTexts.Of("Meaning"), ReportTexts.Of("Meaning"), [(ReportTexts.Of("Figure"), Wide), (ReportTexts.Of("Meaning"), 3 * Wide)],
        FiguresOf(rows).Select(IReadOnlyList<object?> (figure) => [ReportTexts.Of(figure.Name), ReportTexts.Of($"{figure.Name}.Meaning")]));

    private static IReadOnlyList<object?> Sum(string name, IReadOnlyList<MonthRow> rows) =>
        [name, rows.Count, rows.Count(row => row.IsEmergency), .. FiguresOf(rows).Select(figure => (object?)rows.Sum(row => figure.Of(row.Outcome)))];

    private static (string Name, Func<Outcome, decimal?> Of)[] FiguresOf(IReadOnlyList<MonthRow> rows) => FiguresOf([.. rows.Select(row => row.Outcome)]);

    /// <summary>Where no price is set nothing is said of costs.</summary>
    private static (string Name, Func<Outcome, decimal?> Of)[] FiguresOf(Outcome[] outcomes) =>
        [.. All.Where(figure => figure.Name != nameof(Outcome.Cost) || outcomes.Any(outcome => outcome.Cost is not null))];

    private static string State(Recipient recipient) => recipient switch
    {
        { State: RecipientState.Skipped } => $"{ReportTexts.Of("Skipped")}: {SkipReason(recipient.SkipReason ?? "other")}",
        { State: RecipientState.Ordered, IsUncertain: true } => ReportTexts.Of("Uncertain"),
        { State: RecipientState.Ordered } => ReportTexts.Of("Pending"),
        _ => ReportTexts.Of(recipient.State.ToString()),
    };

    private static string SkipReason(string reason) => reason is "left-office" or "no-number" or "same-number" or "not-mobile" ? ReportTexts.Of($"Skip.{reason}")
        : reason == "other" ? ReportTexts.Of("Skip.other") : reason;
}
