using Contracts.Notification;
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
    /// <summary>Whoever was reached by then has seen it in his inbox.</summary>
    private static readonly TimeSpan NoticeLasts = TimeSpan.FromHours(3);

    /// <summary>Raises a case for a word in a message of its citizen; true if something is to be saved. The case is already in the database of this transaction.</summary>
    public async Task<bool> ByWordsAsync(Guid caseId, string text, CancellationToken stop)
    {
        var smsCase = await db.Cases.AsNoTracking().SingleAsync(c => c.Id == caseId, stop);
        var unit = await UnitOfAsync(smsCase, stop);
        // Nobody's case: every unit's words count, since any of them could be meant.
        var ofUnits = await db.EmergencyWords.Where(word => word.RemovedAt == null && (unit == null || word.UnitId == unit)).Select(word => word.Word).ToListAsync(stop);
        if (EmergencyWords.Find(text, EmergencyWords.Usual.Concat(options.Value.EmergencyWords).Select(EmergencyWords.Spelled).Concat(ofUnits)) is not { } found)
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

    /// <summary>Tells the team of the unit whose case it is now, with the save that follows.</summary>
    public async Task TellAsync(SmsCase smsCase, string actor, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var told = await WhomAsync(smsCase, now, stop);
        if (told.Officials.Count > 0)
        {
            var text = InboundSmsTexts.Emergency(smsCase.Number, smsCase.Keyword);
            AutoAnswers.Remember(db, text, recipient: null, now);
            foreach (var official in told.Officials)
            {
                db.Publish(smsCase.Id, actor, new NotifyOfficial
                {
                    NoticeId = Guid.CreateVersion7(now),
                    OfficialId = official,
                    Text = text,
                    IsUrgent = true,
                    ExpiresAt = now + NoticeLasts,
                });
            }
        }

        db.Record(smsCase.Id, CaseEventKind.EmergencyTold, now, actor, new { told = told.As, officials = told.Officials });
        metrics.EmergencyRaised(told.As);
        if (told.Officials.Count > 0)
            Told(log, smsCase.Number, told.As, told.Officials.Count);
        else
            NobodyTold(log, smsCase.Number);
    }

    /// <summary>Who is on duty for the unit, or for the secretariat's tray; without anybody on duty whoever answers for the case, up to the secretariat.</summary>
    private async Task<(string As, IReadOnlyCollection<Guid> Officials)> WhomAsync(SmsCase smsCase, DateTimeOffset now, CancellationToken stop)
    {
        if (await OnDuty(await UnitOfAsync(smsCase, stop), now).ToListAsync(stop) is { Count: > 0 } team)
            return ("on-duty", team);
        var chain = await ChainOfCommand.LoadAsync(db, smsCase.PositionId is { } position ? [position] : [], now, stop);
        var others = chain.Find(Rungs.Handler | Rungs.Head | Rungs.Secretariat, smsCase.PositionId, handlerId: null)
            .Union(await OnDuty(unit: null, now).ToListAsync(stop)).ToList();
        return (others.Count > 0 ? "chain" : "nobody", others);
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
