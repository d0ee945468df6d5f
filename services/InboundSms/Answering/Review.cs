using InboundSms.Inbox;
using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;

namespace InboundSms.Answering;

/// <summary>Who reviews answers, and what waits for him.</summary>
internal static class Review
{
    /// <summary>Cases whose answers the official may approve: he holds the position itself, or the head's of its unit. His own answers need nobody else.</summary>
    public static IQueryable<SmsCase> ReviewableBy(this InboundSmsDb db, Guid officialId, DateTimeOffset now)
    {
        var held = db.AssignmentsAt(now).Where(assignment => assignment.OfficialId == officialId);
        var units = db.UnitsHeadedBy(officialId, now);
        return db.Cases.Where(c => held.Any(assignment => assignment.PositionId == c.PositionId)
            || db.Positions.Any(position => position.Id == c.PositionId && units.Contains(position.UnitId)));
    }

    /// <summary>Whether this unit's head wants to see what this official would answer.</summary>
    public static async Task<bool> MustBeReviewedAsync(this InboundSmsDb db, SmsCase smsCase, Guid officialId, DateTimeOffset now, CancellationToken stop)
    {
        var reviewed = from position in db.Positions
                       where position.Id == smsCase.PositionId
                       join setting in db.UnitSettings on position.UnitId equals setting.Id
                       where setting.ReviewAnswers
                       select position;
        return await reviewed.AnyAsync(stop) && !await db.ReviewableBy(officialId, now).AnyAsync(c => c.Id == smsCase.Id, stop);
    }

    public static Task<AnswerProposal?> OpenProposalAsync(this InboundSmsDb db, Guid caseId, CancellationToken stop) =>
        db.AnswerProposals.SingleOrDefaultAsync(p => p.CaseId == caseId && (p.Status == ProposalStatus.Proposed || p.Status == ProposalStatus.Returned), stop);

    /// <summary>With the caller's save: what was proposed is answered otherwise, or is no longer the unit's to propose.</summary>
    public static async Task WithdrawProposalAsync(this InboundSmsDb db, Guid caseId, CancellationToken stop)
    {
        if (await db.OpenProposalAsync(caseId, stop) is not { } proposal)
            return;
        proposal.Status = ProposalStatus.Withdrawn;
        proposal.Version++;
    }
}
