using System.Security.Claims;
using InboundSms.Storage;
using ServiceDefaults.DirectoryCopy;
using ServiceDefaults.SignIn;

namespace InboundSms.Inbox;

/// <summary>
/// Whose case it is. It belongs to the position; who holds it, or another position of the same unit, reads and answers through it. The head of a unit also reads
/// what the units below his have: he answers for them. The secretariat sees all (BJN 7). Always part of the query, never an <c>if</c> after it.
/// </summary>
internal static class Inbox
{
    private const string Head = "HeadOfUnit";

    /// <summary>Cases that the user may read.</summary>
    public static IQueryable<SmsCase> ReadableBy(this InboundSmsDb db, ClaimsPrincipal user, DateTimeOffset now)
    {
        if (Permissions.ReadAllMessages.IsGivenTo(user))
            return db.Cases;
        var positions = db.PositionsReadBy(user, now);
        return db.Cases.Where(c => positions.Any(position => position.Id == c.PositionId));
    }

    /// <summary>Positions whose cases the user reads because of what he holds; of the secretariat none.</summary>
    public static IQueryable<Position> PositionsReadBy(this InboundSmsDb db, ClaimsPrincipal user, DateTimeOffset now)
    {
        if (!user.HasOfficial)
            return db.Positions.Where(_ => false);
        var units = db.UnitsReadBy(user.OfficialId, now);
        return db.Positions.Where(position => units.Any(unit => unit.UnitId == position.UnitId));
    }

    /// <summary>Cases that the official may answer.</summary>
    public static IQueryable<SmsCase> AnswerableBy(this InboundSmsDb db, Guid officialId, DateTimeOffset now)
    {
        var units = db.UnitsOf(officialId, now);
        return db.Cases.Where(c => db.Positions.Any(position => position.Id == c.PositionId && units.Contains(position.UnitId)));
    }

    /// <summary>Units in which the official holds a position.</summary>
    public static IQueryable<Guid> UnitsOf(this InboundSmsDb db, Guid officialId, DateTimeOffset now) =>
        from held in db.AssignmentsAt(now)
        where held.OfficialId == officialId
        join position in db.Positions on held.PositionId equals position.Id
        select position.UnitId;

    /// <summary>Units whose head the official is.</summary>
    public static IQueryable<Guid> UnitsHeadedBy(this InboundSmsDb db, Guid officialId, DateTimeOffset now) =>
        from held in db.AssignmentsAt(now)
        where held.OfficialId == officialId
        join position in db.Positions on held.PositionId equals position.Id
        where position.Kind == Head
        select position.UnitId;

    public static IQueryable<Assignment> AssignmentsAt(this InboundSmsDb db, DateTimeOffset now) =>
        db.Assignments.Where(held => held.ValidFrom <= now && (held.ValidTo == null || now < held.ValidTo));

    /// <summary>The one that a message belongs to.</summary>
    public static IQueryable<SmsCase> OfMessage(this IQueryable<SmsCase> cases, InboundSmsDb db, Guid messageId) =>
        cases.Where(c => db.CaseMessages.Any(member => member.MessageId == messageId && member.CaseId == c.Id));
}
