using Contracts.Notification;
using Notification.Reports;
using ServiceDefaults.Messaging;

namespace Notification.Storage;

/// <summary>An e-mail that somebody asked for, and its transitions: those of an SMS, so that both are read in the same way.</summary>
internal sealed class Email
{
    public Guid Id { get; private init; }
    public SmsPurpose Purpose { get; private init; }
    public short Lane { get; private init; }
    public bool IsTest { get; private init; }
    public SmsState State { get; private set; }
    public string? Reason { get; private set; }
    public bool IsContradictory { get; private set; }
    public long Version { get; private set; }
    public DateTimeOffset CreatedAt { get; private init; }
    public DateTimeOffset ChangedAt { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset NextAttemptAt { get; private set; }
    public int Attempts { get; private set; }
    public int LeaseNo { get; private init; }
    public DateTimeOffset? IntentAt { get; private init; }
    public DateTimeOffset? FinalAt { get; private set; }
    /// <summary>Silence has lasted so long that it has a name, as with an SMS. Any news, however late, ends it.</summary>
    public DateTimeOffset? NoReportAt { get; private set; }
    /// <summary>While it was quiet it had to wait: before this it is not late.</summary>
    public DateTimeOffset? NotBefore { get; private init; }
    /// <summary>Queue of the service that ordered it; null: all are told.</summary>
    public string? ReportTo { get; private init; }

    public bool IsUncertain => State == SmsState.Uncertain;

    /// <summary>A person may have it handed over once more. Never what is on its way or has arrived.</summary>
    public bool CanBeResent => State is SmsState.Uncertain or SmsState.TemporarilyFailed or SmsState.Failed or SmsState.Expired;

    /// <summary>No bounce has told more than we know ourselves.</summary>
    public bool IsAtHandover => State is SmsState.Intent or SmsState.Uncertain;

    /// <summary>Takes in what somebody says. The caller holds the row's lock and saves.</summary>
    public void Learn(NotificationDb db, Evidence evidence, DateTimeOffset now)
    {
        var verdict = StatusRule.IsOver(State, LeaseNo, evidence) ? new(State) : StatusRule.Next(State, FinalAt, evidence.Told, now);
        var isNewContradiction = verdict.Contradicts && !IsContradictory;
        EmailEvent.Append(db, this, evidence, verdict.Contradicts ? EvidenceEffect.Contradicts
            : verdict.State != State ? EvidenceEffect.Changed : EvidenceEffect.None, now);
        if (verdict.State == State && !isNewContradiction)
            return;
        if (verdict.State != State)
        {
            State = verdict.State;
            Reason = StatusRule.Shown(State) == DeliveryStatus.Failed ? evidence.Reason : null;
            FinalAt = StatusRule.IsFinal(State) ? now : null;
            NoReportAt = null;
        }

        IsContradictory |= verdict.Contradicts;
        Tell(db, now);
    }

    /// <summary>The server certainly does not have it: it may be tried again.</summary>
    public void PutBack(NotificationDb db, DateTimeOffset nextAttemptAt, DateTimeOffset now, bool wasCalled = true)
    {
        var wasUncertain = IsUncertain;
        (State, NextAttemptAt, ChangedAt) = (SmsState.Queued, nextAttemptAt, now);
        Attempts -= wasCalled ? 0 : 1;
        if (wasUncertain)
            Tell(db, now);
    }

    /// <summary>No bounce has come for long, nor a success notice.</summary>
    public void GiveUpWaiting(NotificationDb db, DateTimeOffset now)
    {
        EmailEvent.Append(db, this, new("service", null, "no-report", State), EvidenceEffect.None, now);
        NoReportAt = now;
        Tell(db, now);
    }

    /// <summary>By a person's decision. Bounces go on under the same return path: whichever handover they mean, the recipient has it or not.</summary>
    public void Resend(NotificationDb db, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        EmailEvent.Append(db, this, new("service", null, "resent", SmsState.Queued), EvidenceEffect.Changed, now);
        (State, Reason, FinalAt, NoReportAt, NextAttemptAt, ExpiresAt) = (SmsState.Queued, null, null, null, now, expiresAt);
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

/// <summary>What identifies people: address and words.</summary>
internal sealed class EmailContent
{
    public Guid EmailId { get; private init; }
    public string Address { get; private init; } = "";
    public string Subject { get; private init; } = "";
    public string Text { get; private init; } = "";
    public string? UnsubscribeUrl { get; private init; }
}
