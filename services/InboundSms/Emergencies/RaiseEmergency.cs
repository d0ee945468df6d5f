using Contracts.Notification;
using InboundSms.Answering;
using InboundSms.Deadlines;
using InboundSms.History;
using InboundSms.Resources;
using InboundSms.Routing;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults.Messaging;

namespace InboundSms.Emergencies;

/// <summary>A case becomes an emergency: the unit's quick reaction team is told at once (SPBE 24(2)), by a notice that holds the case's number and keyword and nothing of the citizen.</summary>
internal sealed partial class RaiseEmergency(InboundSmsDb db, IOptions<RoutingOptions> options, RoutingMetrics metrics, TimeProvider clock, ILogger<RaiseEmergency> log)
{
    // Asked for each message: compiled once.
    private static readonly Func<InboundSmsDb, Guid?, IAsyncEnumerable<string>> OfUnits = EF.CompileAsyncQuery((InboundSmsDb db, Guid? unit) =>
        db.EmergencyWords.Where(word => word.RemovedAt == null && (unit == null || word.UnitId == unit)).Select(word => word.Word));

    /// <summary>Whoever was reached by then has seen it in his inbox.</summary>
    private static readonly TimeSpan NoticeLasts = TimeSpan.FromHours(3);

    /// <summary>The word of an emergency that is meant, or null. In nobody's case every unit's words count, since any of them could be meant.</summary>
    public async Task<string?> FindAsync(string text, Guid? unit, CancellationToken stop)
    {
        var ofUnits = new List<string>();
        await foreach (var word in OfUnits(db, unit).WithCancellation(stop))
            ofUnits.Add(word);
        return EmergencyWords.Find(text, EmergencyWords.Usual.Concat(options.Value.EmergencyWords).Select(EmergencyWords.Spelled).Concat(ofUnits));
    }

    /// <summary>Raises a case for a word in a message of its citizen; true if something is to be saved. The case is already in the database of this transaction.</summary>
    public async Task<bool> ByWordsAsync(Guid caseId, string text, CancellationToken stop)
    {
        // Most messages hold no such word of any unit.
        if (await FindAsync(text, unit: null, stop) is null)
            return false;
        var smsCase = await db.Cases.AsNoTracking().SingleAsync(c => c.Id == caseId, stop);
        if (await FindAsync(text, await UnitOfAsync(smsCase, stop), stop) is not { } found)
            return false;
        // Who edits the case at this moment meets the version; what is an emergency already has been told.
        var isRaised = await db.Cases.Where(c => c.Id == caseId && c.Priority == Priority.Normal).ExecuteUpdateAsync(
            set => set.SetProperty(c => c.Priority, Priority.Emergency).SetProperty(c => c.Version, c => c.Version + 1), stop);
        if (isRaised == 0)
            return false;
        db.Record(caseId, CaseEventKind.PriorityChanged, clock.GetUtcNow(), Outbox.System, new { priority = Priority.Emergency, word = found });
        await TellAsync(smsCase, Outbox.System, stop);
        return true;
    }

    /// <summary>Tells the team of the unit whose case it is now, with the save that follows; without anybody on duty whoever answers for the case, up to the secretariat.</summary>
    public async Task TellAsync(SmsCase smsCase, string actor, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (await OnDuty(await UnitOfAsync(smsCase, stop), now).ToListAsync(stop) is { Count: > 0 } team)
            await OrderNoticesAsync(smsCase, "on-duty", team, actor, now, stop);
        else
            await OrderNoticesAsync(smsCase, "chain", await OthersAsync(smsCase, Rungs.Handler | Rungs.Head | Rungs.Secretariat, now, stop), actor, now, stop);
    }

    /// <summary>
    /// A notice did not reach its official: whoever answers for the case and has not been told is told now, and the Regional Secretary when nobody else is left.
    /// </summary>
    public async Task TellOthersAsync(DeliveryStatusChanged change, CancellationToken stop)
    {
        if (change.Status != DeliveryStatus.Failed)
            return;
        var now = clock.GetUtcNow();
        var failed = await db.EmergencyNotices.FromSql($"""
            update emergency_notice set failed_at = {now} where notice_id = {change.SmsId} and failed_at is null returning *
            """).AsNoTracking().ToListAsync(stop);
        foreach (var notice in failed)
        {
            // Locked: of two that fail at once, the second sees whom the first has told.
            var smsCase = (await db.Cases.FromSql($"select * from sms_case where id = {notice.CaseId} for update").AsNoTracking().ToListAsync(stop)).Single();
            db.Record(smsCase.Id, CaseEventKind.EmergencyNoticeFailed, now, Outbox.System, new { officialId = notice.OfficialId, noticeId = notice.NoticeId, change.Reason });
            if (smsCase is { Priority: Priority.Emergency, AnsweredAt: null } && smsCase.Status != CaseStatus.SetAside)
            {
                var told = await db.EmergencyNotices.AsNoTracking().Where(other => other.CaseId == smsCase.Id).ToListAsync(stop);
                var rungs = Rungs.Handler | Rungs.Head | Rungs.Secretariat;
                var others = (await OthersAsync(smsCase, rungs, now, stop)).Except(told.Select(other => other.OfficialId)).ToList();
                if (others.Count == 0 && told.TrueForAll(other => other.FailedAt is not null))
                    others = [.. (await OthersAsync(smsCase, rungs | Rungs.RegionalSecretary, now, stop)).Except(told.Select(other => other.OfficialId))];
                if (others.Count > 0 || told.TrueForAll(other => other.FailedAt is not null))
                    await OrderNoticesAsync(smsCase, "chain", others, Outbox.System, now, stop);
            }
        }

        await db.SaveChangesAsync(stop);
    }

    private async Task OrderNoticesAsync(SmsCase smsCase, string told, List<Guid> officials, string actor, DateTimeOffset now, CancellationToken stop)
    {
        if (officials.Count == 0)
            told = "nobody";
        var text = InboundSmsTexts.Emergency(smsCase.Number, smsCase.Keyword);
        var payer = (await Payers.LoadAsync(db, [smsCase.PositionId], stop)).Of(smsCase.PositionId);
        AutoAnswers.Remember(db, text, recipient: null, now);
        foreach (var official in officials)
        {
            var notice = new EmergencyNotice { NoticeId = Guid.CreateVersion7(now), CaseId = smsCase.Id, OfficialId = official };
            db.Add(notice);
            db.Publish(smsCase.Id, actor, new NotifyOfficial
            {
                NoticeId = notice.NoticeId,
                OfficialId = official,
                Text = text,
                IsUrgent = true,
                Payer = payer,
                ExpiresAt = now + NoticeLasts,
                ReportTo = TrackDelivery.Queue,
            });
        }

        db.Record(smsCase.Id, CaseEventKind.EmergencyTold, now, actor, new { told, officials });
        metrics.EmergencyRaised(told);
        if (officials.Count > 0)
            Told(log, smsCase.Number, told, officials.Count);
        else
            NobodyTold(log, smsCase.Number);
    }

    private async Task<List<Guid>> OthersAsync(SmsCase smsCase, Rungs rungs, DateTimeOffset now, CancellationToken stop)
    {
        var chain = await ChainOfCommand.LoadAsync(db, smsCase.PositionId is { } position ? [position] : [], now, stop);
        return [.. chain.Find(rungs, smsCase.PositionId, smsCase.HandlerId).Union(await OnDuty(unit: null, now).ToListAsync(stop))];
    }

    private Task<Guid?> UnitOfAsync(SmsCase smsCase, CancellationToken stop) =>
        db.Positions.Where(position => position.Id == smsCase.PositionId).Select(position => (Guid?)position.UnitId).SingleOrDefaultAsync(stop);

    private IQueryable<Guid> OnDuty(Guid? unit, DateTimeOffset now) =>
        db.DutyShifts.Where(shift => shift.UnitId == unit && shift.StartsAt <= now && now < shift.EndsAt).Select(shift => shift.OfficialId).Distinct();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Case {CaseNumber} is an emergency; told as {Told}: {Count}")]
    private static partial void Told(ILogger log, long caseNumber, string told, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Case {CaseNumber} is an emergency and there is nobody to tell: enter a duty roster")]
    private static partial void NobodyTold(ILogger log, long caseNumber);
}
