using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Reporting;

/// <summary>What cases are counted by (BJN 7c, 8(6)).</summary>
public enum RecapBy
{
    Unit,
    Class,
    Problem,
    Day,
    Month,
}

/// <summary>One line of a recap. Every figure is over the cases that were received in the period; what became of them counts up to the instant of asking.</summary>
/// <param name="Key">Code of the unit, id of the problem, name of the class or channel, day or month of the city's calendar; null: none has been chosen, or the total.</param>
/// <param name="Name">For people.</param>
/// <param name="Received">Cases by the receipt of their first message.</param>
/// <param name="Answered">With a committed answer, whatever its delivery.</param>
/// <param name="InTime">First answer committed at or before the due time (BJN 13).</param>
/// <param name="Late">First answer committed after it. Stays late for ever.</param>
/// <param name="Waiting">Neither answered nor set aside.</param>
/// <param name="Overdue">Of the waiting ones, those past their due time.</param>
/// <param name="AnswerFailed">The latest answer could not be delivered.</param>
/// <param name="SetAside">Not to be answered, with a ground (BJN 10(2)).</param>
/// <param name="MedianSeconds">From receipt to first answer, half of the answered ones are quicker; null without an answer.</param>
/// <param name="NinetiethSeconds">Nine of ten are quicker.</param>
public sealed record RecapRow(
    string? Key, string? Name, long Received, long Answered, long InTime, long Late, long Waiting, long Overdue, long AnswerFailed, long SetAside,
    double? MedianSeconds, double? NinetiethSeconds);

/// <summary>A problem that came up in the period.</summary>
/// <param name="Id">Of the problem.</param>
/// <param name="Name">As the secretariat calls it.</param>
/// <param name="Cases">Received in the period.</param>
/// <param name="CasesBefore">Received in the period of the same length before it.</param>
/// <param name="Units">How many units it concerned.</param>
/// <param name="FirstAt">Receipt of the first case ever.</param>
/// <param name="LastAt">Receipt of the latest case in the period.</param>
public sealed record ProblemRow(Guid Id, string Name, long Cases, long CasesBefore, long Units, DateTimeOffset FirstAt, DateTimeOffset LastAt);

/// <summary>The figures of reports; one definition for the screen, the spreadsheet and the month.</summary>
internal static class Figures
{
    private const int MostRows = 1000;

    public static async Task<(IReadOnlyList<RecapRow> Rows, RecapRow Total)> RecapAsync(
        InboundSmsDb db, RecapBy by, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo city, DateTimeOffset now, CancellationToken stop)
    {
        var (column, zone) = (by.ToString(), city.Id);
        // The total is of everything, also of what lies beyond the last row shown.
        var rows = await db.Database.SqlQuery<Counted>($"""
            with counted as (
              select
                case {column} when 'Unit' then u.code when 'Class' then c.class when 'Problem' then p.id::text
                  else to_char(c.received_at at time zone {zone}, case {column} when 'Day' then 'YYYY-MM-DD' else 'YYYY-MM' end) end as key,
                case {column} when 'Unit' then u.name when 'Class' then c.class when 'Problem' then p.name
                  else to_char(c.received_at at time zone {zone}, case {column} when 'Day' then 'YYYY-MM-DD' else 'YYYY-MM' end) end as name,
                c.status, c.received_at, c.due_at, c.answered_at
              from sms_case c
              left join organisation.position held on held.id = c.position_id
              left join organisation.unit u on u.id = held.unit_id
              left join case_problem named on named.case_id = c.id
              left join recurring_problem p on p.id = named.problem_id
              where c.received_at >= {from} and c.received_at < {to})
            select grouping(key) = 1 as "IsTotal", key as "Key", name as "Name", count(*) as "Received",
              count(answered_at) as "Answered",
              count(*) filter (where answered_at <= due_at) as "InTime",
              count(*) filter (where answered_at > due_at) as "Late",
              count(*) filter (where answered_at is null and status <> 'SetAside') as "Waiting",
              count(*) filter (where answered_at is null and status <> 'SetAside' and due_at < {now}) as "Overdue",
              count(*) filter (where status = 'AnswerFailed') as "AnswerFailed",
              count(*) filter (where status = 'SetAside') as "SetAside",
              percentile_cont(0.5) within group (order by extract(epoch from answered_at - received_at)) as "MedianSeconds",
              percentile_cont(0.9) within group (order by extract(epoch from answered_at - received_at)) as "NinetiethSeconds"
            from counted group by grouping sets ((key, name), ())
            order by 1 desc, key nulls first limit {MostRows + 1}
            """).ToListAsync(stop);
        var total = rows.SingleOrDefault(row => row.IsTotal)?.ToRow() ?? new(null, null, 0, 0, 0, 0, 0, 0, 0, 0, null, null);
        return ([.. rows.Where(row => !row.IsTotal).Select(row => row.ToRow())], total);
    }

    /// <summary>The inventory of what recurs, most frequent first.</summary>
    public static Task<List<ProblemRow>> ProblemsAsync(InboundSmsDb db, DateTimeOffset from, DateTimeOffset to, CancellationToken stop) =>
        db.Database.SqlQuery<ProblemRow>($"""
            select p.id as "Id", p.name as "Name", count(*) filter (where c.received_at >= {from}) as "Cases",
              count(*) filter (where c.received_at < {from}) as "CasesBefore",
              count(distinct held.unit_id) filter (where c.received_at >= {from}) as "Units",
              (select min(e.received_at) from case_problem every join sms_case e on e.id = every.case_id where every.problem_id = p.id) as "FirstAt",
              max(c.received_at) as "LastAt"
            from recurring_problem p
            join case_problem named on named.problem_id = p.id
            join sms_case c on c.id = named.case_id
            left join organisation.position held on held.id = c.position_id
            where c.received_at >= {from - (to - from)} and c.received_at < {to}
            group by p.id having count(*) filter (where c.received_at >= {from}) > 0
            order by 3 desc, p.name limit {MostRows}
            """).ToListAsync(stop);

    private sealed record Counted(
        bool IsTotal, string? Key, string? Name, long Received, long Answered, long InTime, long Late, long Waiting, long Overdue, long AnswerFailed, long SetAside,
        double? MedianSeconds, double? NinetiethSeconds)
    {
        public RecapRow ToRow() => new(Key, Name, Received, Answered, InTime, Late, Waiting, Overdue, AnswerFailed, SetAside, MedianSeconds, NinetiethSeconds);
    }
}
