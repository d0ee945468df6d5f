using Contracts.Notification;
using Notification.Providers;
using Notification.Reports;
using ServiceDefaults.Messaging;

namespace Notification.Storage;

/// <summary>Inner states of an SMS, in the order in which news may move it forward; outsiders see three words (<see cref="StatusRule.Shown"/>).</summary>
internal enum SmsState
{
    /// <summary>Waits for its turn or for its next attempt; nobody has it.</summary>
    Queued,
    /// <summary>Committed before the provider is called; without an outcome it becomes Uncertain.</summary>
    Intent,
    /// <summary>Nobody can know whether the provider has it. Never repeated by itself; a report repairs it.</summary>
    Uncertain,
    AcceptedByProvider,
    AcceptedByOperator,
    /// <summary>The provider says failed, but not for good.</summary>
    TemporarilyFailed,
    Delivered,
    Failed,
    /// <summary>Its time was over before it was handed over, or at the operator.</summary>
    Expired,
}

/// <summary>An SMS that somebody asked for, and its transitions.</summary>
internal sealed class Sms
{
    public Guid Id { get; private init; }
    public SmsPurpose Purpose { get; private init; }
    public short Lane { get; private init; }
    public string Channel { get; private init; } = "";
    public string? SentBy { get; private set; }
    public string Reference { get; private set; } = "";
    public string? ProviderId { get; private set; }
    public SmsState State { get; private set; }
    public string? Reason { get; private set; }
    public bool IsContradictory { get; private set; }
    public long Version { get; private set; }
    public short Segments { get; private init; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset ChangedAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset NextAttemptAt { get; private set; }
    public int Attempts { get; private set; }
    public int LeaseNo { get; private set; }
    public int CountedLease { get; private set; }
    public DateTimeOffset? IntentAt { get; private set; }
    public DateTimeOffset? FinalAt { get; private set; }
    /// <summary>Silence has lasted so long that it has a name ("tanpa kabar"). Not a state: any news, however late, ends it.</summary>
    public DateTimeOffset? NoReportAt { get; private set; }
    public string? TraceParent { get; private init; }
    public string? Payer { get; private init; }
    /// <summary>Queue of the service that ordered it; null: all are told.</summary>
    public string? ReportTo { get; private init; }
    /// <summary>While it was quiet it had to wait: before this it is not late.</summary>
    public DateTimeOffset? NotBefore { get; private init; }

    /// <summary>Ordered with a test key: nothing leaves, and nothing of it counts.</summary>
    public bool IsTest => SentBy == Channels.Simulation;

    public bool IsUncertain => State == SmsState.Uncertain;

    /// <summary>All that outsiders see of it.</summary>
    private (DeliveryStatus Status, bool AtOperator, bool IsUncertain, bool IsContradictory, bool HasNoReport, string? Reason) Shown =>
        (StatusRule.Shown(State), State == SmsState.AcceptedByOperator, IsUncertain, IsContradictory, NoReportAt is not null, Reason);

    /// <summary>A person may have it handed over once more. Never what is on its way or has arrived.</summary>
    public bool CanBeResent => SentBy is not null && State is SmsState.Uncertain or SmsState.TemporarilyFailed or SmsState.Failed or SmsState.Expired;

    /// <summary>No report has told more than we know ourselves.</summary>
    public bool IsAtHandover => State is SmsState.Intent or SmsState.Uncertain;

    /// <summary>
    /// Takes in what somebody says about this SMS: moves the state as far as the rule allows, keeps the evidence, and tells the asking service once
    /// for each change that it can see: that the provider has what is pending anyway is not one. The caller holds the row's lock and saves.
    /// </summary>
    /// <param name="db">Of the caller.</param>
    /// <param name="evidence">What is said.</param>
    /// <param name="now">When we learn of it.</param>
    /// <param name="byEarlierProvider">It had the SMS before it was resent by another one.</param>
    public void Learn(NotificationDb db, Evidence evidence, DateTimeOffset now, bool byEarlierProvider = false)
    {
        var toldAt = evidence.PlausibleTime(CreatedAt, now);
        var verdict = byEarlierProvider ? StatusRule.NextByEarlierProvider(State, evidence.Told)
            : StatusRule.IsOver(State, LeaseNo, evidence) ? new(State)
            : StatusRule.Next(State, FinalAt, evidence.Told, toldAt);
        var isNewContradiction = verdict.Contradicts && !IsContradictory;
        DeliveryEvent.Append(db, this, evidence, verdict.Contradicts ? EvidenceEffect.Contradicts
            : verdict.State != State ? EvidenceEffect.Changed : EvidenceEffect.None, now);
        if (verdict.State == State && !isNewContradiction)
            return;

        var shown = Shown;
        if (verdict.State != State)
        {
            State = verdict.State;
            Reason = StatusRule.Shown(State) == DeliveryStatus.Failed ? evidence.Reason : null;
            FinalAt = StatusRule.IsFinal(State) ? toldAt : null;
            NoReportAt = null;
        }

        IsContradictory |= verdict.Contradicts;
        ChangedAt = now;
        if (Shown != shown)
            Tell(db, now);
    }

    /// <summary>A provider has taken it. False: this handover has been counted.</summary>
    public bool CountOnce()
    {
        var isNew = CountedLease != LeaseNo;
        CountedLease = LeaseNo;
        return isNew;
    }

    /// <summary>The provider's own name for it.</summary>
    public void KnownAs(string providerId) => ProviderId = providerId;

    /// <summary>Nobody has it, and another provider shall.</summary>
    public void SendBy(NotificationDb db, string route, DateTimeOffset now)
    {
        (SentBy, Reference, ProviderId) = (route, Id.ToString(), null);
        DeliveryEvent.Append(db, this, new("service", route, "fail-over", SmsState.Queued), EvidenceEffect.None, now);
    }

    /// <summary>The provider certainly does not have it: it may be tried again. Unless it was shown as uncertain, outsiders see no difference.</summary>
    public void PutBack(NotificationDb db, DateTimeOffset nextAttemptAt, DateTimeOffset now)
    {
        var wasUncertain = IsUncertain;
        State = SmsState.Queued;
        NextAttemptAt = nextAttemptAt;
        ChangedAt = now;
        if (wasUncertain)
            Tell(db, now);
    }

    /// <summary>Nobody was called: it is as if the intent had not been.</summary>
    public void TakeBack(NotificationDb db, DateTimeOffset nextAttemptAt, DateTimeOffset now)
    {
        Attempts--;
        PutBack(db, nextAttemptAt, now);
    }

    /// <summary>Neither a report nor the provider itself has said anything for long.</summary>
    public void GiveUpWaiting(NotificationDb db, DateTimeOffset now)
    {
        DeliveryEvent.Append(db, this, new("service", null, "no-report", State), EvidenceEffect.None, now);
        NoReportAt = now;
        Tell(db, now);
    }

    /// <summary>By a person's decision. Reports go on under the same name: whichever handover they mean, the citizen has it or not.</summary>
    public void Resend(NotificationDb db, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        DeliveryEvent.Append(db, this, new("service", null, "resent", SmsState.Queued), EvidenceEffect.Changed, now);
        (State, Reason, FinalAt, NoReportAt, NextAttemptAt, ExpiresAt, ProviderId) = (SmsState.Queued, null, null, null, now, expiresAt, null);
        ChangedAt = now;
        Tell(db, now);
    }

    private void Tell(NotificationDb db, DateTimeOffset now)
    {
        ChangedAt = now;
        Version++;
        db.Send(ReportTo, Id, Outbox.System, new DeliveryStatusChanged
        {
            SmsId = Id,
            Status = StatusRule.Shown(State),
            Version = Version,
            At = now,
            AcceptedByOperator = State == SmsState.AcceptedByOperator,
            Uncertain = IsUncertain,
            Contradictory = IsContradictory,
            NoReport = NoReportAt is not null,
            Reason = Reason,
        });
    }
}

/// <summary>What identifies people: number and words.</summary>
internal sealed class SmsContent
{
    public Guid SmsId { get; private init; }
    public string Number { get; private init; } = "";
    public string? Sender { get; private init; }
    public string Text { get; private init; } = "";
}
