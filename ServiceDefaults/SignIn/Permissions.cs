using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace ServiceDefaults.SignIn;

/// <summary>Something that one may do, and who may.</summary>
/// <param name="Name"><c>what.act</c>; <c>x-permission</c> of the API description.</param>
/// <param name="Allows">The same in words, for the documentation.</param>
public sealed record Permission(string Name, string Allows)
{
    /// <summary>Also who has not signed in.</summary>
    public bool Anybody { get; init; }

    /// <summary>Every account, whatever its roles; no application.</summary>
    public bool AnyAccount { get; init; }

    /// <summary>Also an account whose owner has yet to choose his password or to enrol his second factor.</summary>
    public bool AlsoSettingUp { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Of whose things, in words. The handler's query holds it: what lies outside does not exist for the caller (404).</summary>
    public string? Relation { get; init; }

    /// <summary>What opens it for an application, each of them; none: no application may.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    public bool IsGivenTo(ClaimsPrincipal user) =>
        Anybody || (user.Identity is { IsAuthenticated: true }
            && (user.IsApplication ? Scopes.Any(user.HasScope) : AnyAccount || Roles.Any(user.IsInRole)));
}

/// <summary>
/// Who may do what, in one place: the policies are built from it, <c>permissions.md</c> is rendered from it, and a test holds every endpoint of every service
/// against it. A permission of its own for whatever is granted for a reason of its own.
/// </summary>
public static partial class Permissions
{
    /// <summary>BJN 7, 8: the secretariat of the SMS Center.</summary>
    private static IReadOnlyList<string> Secretariat => [Roles.Administrator, Roles.Chair, Roles.Secretary];

    // An auditor reads how the platform is administered, and changes nothing. He does not read citizens' messages: that is not what he checks (UU 27/2022, purpose).
    private static IReadOnlyList<string> Administration => [Roles.Administrator, Roles.Auditor];

    public static Permission Anybody { get; } = new("anybody", "Sign-in itself, the public site, health, API descriptions; doors whose callers prove themselves by signature or key")
    {
        Anybody = true,
    };

    public static Permission OwnAccount { get; } = new("own-account", "Whatever concerns the caller's own account")
    {
        AnyAccount = true,
        Relation = "own account",
    };

    public static Permission SetUpAccount { get; } = new("own-account.set-up", "What a new account needs before it opens anything: own password, second factor; and signing out")
    {
        AnyAccount = true,
        AlsoSettingUp = true,
        Relation = "own account",
    };

    public static Permission ReadOrganisation { get; } = new("organisation.read", "Identity of the organisation, units, positions, keywords")
    {
        AnyAccount = true,
        Scopes = [Scopes.ReadOrganisation],
    };

    public static Permission EditOrganisation { get; } = new("organisation.edit", "Changes them, now or ahead of time") { Roles = [Roles.Administrator] };

    // Not everybody's: what is planned for a unit is not told before it is decided.
    public static Permission ReadReorganisations { get; } = new("reorganisations.read", "Reorganisations, and the organisation as it is planned to be") { Roles = Administration };

    public static Permission ReadPeople { get; } = new("people.read", "Officials and who holds what; numbers masked")
    {
        Roles = [.. Secretariat, Roles.Auditor],
        Scopes = [Scopes.ReadPeople],
    };

    public static Permission EditPeople { get; } = new("people.edit", "Changes them") { Roles = [Roles.Administrator] };

    // Who knows a number learns whose it is and was: no list, and for no application.
    public static Permission ReadPhoneHolders { get; } = new("phone-holders.read", "Whose a notice phone number is and was, for a reason, noted in the audit trail")
    {
        Roles = [Roles.Administrator],
    };

    // EOF 11(3): everybody turns to the operator of a unit.
    public static Permission ReadOperators { get; } = new("operators.read", "Operators of the units") { AnyAccount = true };

    // DIR-3, EOF 11(2).
    public static Permission AppointOperators { get; } = new("operators.appoint", "Appoints the operator of a unit")
    {
        Roles = [Roles.HeadOfUnit, Roles.Administrator],
        Relation = "own unit; the Administrator any, by a letter of its head",
    };

    public static Permission ShowNoticePhones { get; } = new("notice-phones.show", "One official's number in full, for a reason, noted in the audit trail")
    {
        Roles = [Roles.Administrator],
    };

    public static Permission ReadAccounts { get; } = new("accounts.read", "Accounts and their roles") { Roles = Administration };

    // DIR-2: the Administrator and nobody else.
    public static Permission EditAccounts { get; } = new("accounts.edit", "Creates accounts, changes, locks and unlocks them") { Roles = [Roles.Administrator] };

    public static Permission ImportOrganisation { get; } = new("organisation.import", "Takes over units, positions, people, their history and accounts from a file")
    {
        Roles = [Roles.Administrator],
    };

    public static Permission ReadApplications { get; } = new("applications.read", "Applications, their scopes, when their keys end and were last used") { Roles = Administration };

    public static Permission EditApplications { get; } = new("applications.edit", "Registers and suspends applications, gives out and revokes their keys") { Roles = [Roles.Administrator] };

    public static Permission ReadAuditTrail { get; } = new("audit.read", "Searches and exports the audit trail; numbers masked") { Roles = Administration };

    public static Permission ReadSms { get; } = new("sms.read", "Status and history of outgoing SMS and e-mails; numbers and addresses masked") { Roles = Secretariat };

    public static Permission ResendSms { get; } = new("sms.resend", "Hands over once more, for a reason, what is uncertain or failed") { Roles = Secretariat };

    public static Permission OperateSending { get; } = new("sending.operate", "Stops and resumes a provider, the mail server or a lane, for a reason, noted in the audit trail")
    {
        Roles = [Roles.Administrator],
    };

    public static Permission ReadParkedMessages { get; } = new("parked-messages.read", "Messages between services that were given up; without content") { Roles = Administration };

    public static Permission ReplayParkedMessages { get; } = new("parked-messages.replay", "Gives them back to their consumer") { Roles = [Roles.Administrator] };

    /// <summary>In the order of their files. Asked for at the first use: static members of one file do not wait for those of another.</summary>
    public static IReadOnlyList<Permission> All => field ??= [.. typeof(Permissions).GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Where(property => property.PropertyType == typeof(Permission)).Select(property => (Permission)property.GetValue(null)!)];

    /// <summary>The one permission of these endpoints. An endpoint without any answers nobody.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoints, Permission permission)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.WithMetadata(permission);
        return permission.Anybody ? endpoints.AllowAnonymous() : endpoints.RequireAuthorization(permission.Name);
    }

    internal static void AddPolicies(AuthorizationOptions options)
    {
        foreach (var permission in All.Where(permission => !permission.Anybody))
        {
            options.AddPolicy(permission.Name, policy =>
            {
                if (permission.AlsoSettingUp)
                    policy.AddAuthenticationSchemes(BearerHandler.SettingUpSchemeName);
                policy.RequireAssertion(context => permission.IsGivenTo(context.User));
            });
        }
    }
}
