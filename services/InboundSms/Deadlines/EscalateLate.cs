using Contracts.Notification;
using InboundSms.Answering;
using InboundSms.History;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;

namespace InboundSms.Deadlines;

/// <summary>
/// Climbs the ladder (SMS-7): once a minute, on one of the instances, everybody who has to know gets one SMS about all cases that have reached a stage. Stages,
/// SMS and history are one save; dying anywhere undoes the round, and the next one finds the same cases.
/// </summary>
internal sealed partial class EscalateLate(
    IServiceScopeFactory scopes, IOptions<DeadlineOptions> options, DeadlineMetrics metrics, CityTime city, TimeProvider clock, ILogger<EscalateLate> log)
    : BackgroundService
{
    private const int MostCases = 5000;

    // What is told in it stays true, but an hour later the next stage has said more.
    private static readonly TimeSpan NoticeValidity = TimeSpan.FromHours(1);

    private readonly Ladder _ladder = Ladder.Of(options.Value);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.RunAsync(TimeSpan.FromSeconds(5), clock, log, RunRoundAsync, stoppingToken);

    internal async Task RunRoundAsync(CancellationToken stop)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InboundSmsDb>();
        await using var transaction = await db.Database.BeginTransactionAsync(stop);
        var now = clock.GetUtcNow().InMicroseconds;
        if (!await TakeRoundAsync(db, now, stop))
            return;
        await PlaceNewAsync(db, stop);
        // What an official is answering at this moment is locked: it is looked at in the next round, if it still waits.
        var cases = await db.Cases.FromSql($"""
            select * from sms_case where next_stage_at <= {now} and answered_at is null and status in ('Unassigned', 'Open')
            order by next_stage_at limit {MostCases} for update skip locked
            """).AsNoTracking().ToListAsync(stop);
        var told = await ClimbAsync(db, cases, now, stop);
        await db.SaveChangesAsync(stop);
        await transaction.CommitAsync(stop);
        foreach (var (stage, outcome) in told)
            metrics.Escalated(stage, outcome);
        if (told.Count > 0)
            Climbed(log, told.Count, cases.Count);
    }

    /// <summary>The row is the lock and the calendar. A round in the future is of a clock that has been set back since.</summary>
    private async Task<bool> TakeRoundAsync(InboundSmsDb db, DateTimeOffset now, CancellationToken stop)
    {
        var before = now - options.Value.Round;
        return await db.Database.ExecuteSqlAsync($"""
            update escalation_round set at = {now}
            where id in (select id from escalation_round where at <= {before} or at > {now} for update skip locked)
            """, stop) == 1;
    }

    /// <summary>All new cases in one statement: however many come in a minute, they do not keep those from their turn that are late.</summary>
    private Task<int> PlaceNewAsync(InboundSmsDb db, CancellationToken stop) => db.Database.ExecuteSqlAsync($"""
        update sms_case set next_stage_at = due_at + {_ladder.First}
        where id in (select id from sms_case where next_stage_at = '-infinity' and answered_at is null and status in ('Unassigned', 'Open') for update skip locked)
        """, stop);

    private async Task<List<(string Stage, EscalationOutcome Outcome)>> ClimbAsync(InboundSmsDb db, List<SmsCase> cases, DateTimeOffset now, CancellationToken stop)
    {
        var ids = cases.ConvertAll(one => one.Id);
        var done = (await db.Escalations.Where(e => ids.Contains(e.CaseId)).Select(e => new { e.CaseId, e.Stage }).ToListAsync(stop)).ToLookup(e => e.CaseId, e => e.Stage);
        var climbs = cases.ConvertAll(one => (Case: one, Climb: _ladder.At(one.DueAt, done[one.Id].ToHashSet(StringComparer.Ordinal), now)));
        var chain = climbs.Exists(climb => climb.Climb.Send is not null)
            ? await ChainOfCommand.LoadAsync(db, [.. cases.Select(one => one.PositionId).OfType<Guid>().Distinct()], now, stop) : null;
        var (told, notices) = (new List<(string, EscalationOutcome)>(), new Dictionary<Guid, (Guid Id, List<SmsCase> Cases)>());
        foreach (var (smsCase, climb) in climbs)
        {
            foreach (var passed in climb.Skip)
                Note(passed, EscalationOutcome.Passed, smsCase, CaseEventKind.EscalationSkipped);
            if (climb.Send is not { } stage)
                continue;
            var officials = chain!.Find(stage.To, smsCase.PositionId, smsCase.HandlerId);
            if (officials.Count == 0)
            {
                Note(stage, EscalationOutcome.NobodyToTell, smsCase, CaseEventKind.EscalationSkipped);
                Unheard(log, smsCase.Number, stage.Name);
                continue;
            }

            Note(stage, EscalationOutcome.Sent, smsCase, CaseEventKind.EscalationSent, officials);
            foreach (var official in officials)
            {
                if (!notices.TryGetValue(official, out var notice))
                    notices[official] = notice = (Guid.CreateVersion7(now), []);
                notice.Cases.Add(smsCase);
                db.Add(new EscalationNotice { NoticeId = notice.Id, CaseId = smsCase.Id, Stage = stage.Name, OfficialId = official });
            }
        }

        var payers = await Payers.LoadAsync(db, notices.Values.SelectMany(notice => notice.Cases).Select(one => one.PositionId), stop);
        foreach (var (official, (id, about)) in notices)
        {
            var text = EscalationText.For(about, now, city);
            AutoAnswers.Remember(db, text, recipient: null, now);
            db.Publish(id, Outbox.System, new NotifyOfficial
            {
                NoticeId = id,
                OfficialId = official,
                Text = text,
                IsUrgent = about.Exists(one => one.Priority == Priority.Emergency),
                Payer = payers.Of(about.Select(one => one.PositionId)),
                ExpiresAt = now + NoticeValidity,
                ReportTo = TrackDelivery.Queue,
            });
        }

        Guid[] looked = [.. climbs.Select(climb => climb.Case.Id)];
        DateTimeOffset?[] again = [.. climbs.Select(climb => climb.Climb.NextAt)];
        await db.Database.ExecuteSqlAsync($"""
            update sms_case set next_stage_at = look.at from unnest({looked}, {again}) as look (id, at) where sms_case.id = look.id
            """, stop);
        return told;

        void Note(Stage stage, EscalationOutcome outcome, SmsCase smsCase, CaseEventKind kind, IReadOnlySet<Guid>? officials = null)
        {
            told.Add((stage.Name, outcome));
            db.Add(new Escalation { CaseId = smsCase.Id, Stage = stage.Name, At = now, Outcome = outcome });
            db.Record(smsCase.Id, kind, now, Outbox.System, new { stage = stage.Name, outcome, officials });
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Stages} stages of {Cases} cases were climbed")]
    private static partial void Climbed(ILogger log, int stages, int cases);

    [LoggerMessage(Level = LogLevel.Error, Message = "Nobody can be told that case {CaseNumber} waits ({Stage}): no holder, no head, no secretariat, no Regional Secretary")]
    private static partial void Unheard(ILogger log, long caseNumber, string stage);
}
