using System.Security.Claims;
using InboundSms.Storage;
using ServiceDefaults.SignIn;

namespace InboundSms.Emergencies;

internal static class DutyRoster
{
    /// <summary>Name of the kind of post that leads a unit, as Directory tells it.</summary>
    public const string HeadOfUnit = "HeadOfUnit";

    /// <summary>Units whose roster the user keeps: that he leads, or as its operator works in. The secretariat keeps every one and its own.</summary>
    public static IQueryable<Guid> UnitsKeptBy(this InboundSmsDb db, ClaimsPrincipal user, DateTimeOffset now)
    {
        if (IsKeptWhole(user))
            return db.Units.Select(unit => unit.Id);
        Guid? official = user.HasOfficial ? user.OfficialId : null;
        var isOperator = user.IsInRole(Roles.UnitOperator);
        return from held in db.Assignments
               where held.OfficialId == official && held.ValidFrom <= now && (held.ValidTo == null || now < held.ValidTo)
               join position in db.Positions on held.PositionId equals position.Id
               where isOperator || position.Kind == HeadOfUnit
               select position.UnitId;
    }

    /// <summary>Shifts that the user may change.</summary>
    public static IQueryable<DutyShift> ShiftsKeptBy(this InboundSmsDb db, ClaimsPrincipal user, DateTimeOffset now)
    {
        if (IsKeptWhole(user))
            return db.DutyShifts;
        var units = db.UnitsKeptBy(user, now);
        return db.DutyShifts.Where(shift => units.Any(unit => unit == shift.UnitId));
    }

    public static bool IsKeptWhole(ClaimsPrincipal user) => Permissions.ReadAllMessages.IsGivenTo(user);
}
