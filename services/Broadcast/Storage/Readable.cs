using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.SignIn;

namespace Broadcast.Storage;

/// <summary>Which broadcasts somebody may read.</summary>
internal static class Readable
{
    private static readonly string[] All = [Roles.Administrator, Roles.Chair, Roles.Secretary, Roles.Mayor, Roles.RegionalSecretary];

    /// <summary>The secretariat, Mayor and Regional Secretary all; others those that they asked for.</summary>
    public static IQueryable<BroadcastMessage> ReadableBy(this BroadcastDb db, ClaimsPrincipal user)
    {
        var broadcasts = db.Broadcasts.AsNoTracking();
        if (All.Any(user.IsInRole))
            return broadcasts;
        var official = user.HasOfficial ? user.OfficialId : Guid.Empty;
        return broadcasts.Where(b => b.OriginatorId == official);
    }
}
