using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.SignIn;

namespace InboundSms.Deadlines;

/// <summary>Who of the secretariat is told: whom Directory has said to be its Chair or Secretary. They run it (BJN 8); the Administrator is told where there are none.</summary>
internal static class Secretariat
{
    public static async Task<IReadOnlyCollection<Guid>> SecretariatAsync(this InboundSmsDb db, CancellationToken stop)
    {
        var granted = await db.GrantedRoles.Where(granted => granted.Roles.Contains(Roles.Chair) || granted.Roles.Contains(Roles.Secretary)
            || granted.Roles.Contains(Roles.Administrator)).AsNoTracking().ToListAsync(stop);
        var leading = granted.FindAll(one => one.Roles.Contains(Roles.Chair) || one.Roles.Contains(Roles.Secretary));
        return (leading.Count > 0 ? leading : granted).ConvertAll(one => one.OfficialId);
    }
}
