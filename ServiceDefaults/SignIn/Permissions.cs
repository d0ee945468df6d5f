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

    /// <summary>What an application needs for it; null: no application may.</summary>
    public string? Scope { get; init; }

    public bool IsGivenTo(ClaimsPrincipal user) =>
        Anybody || (user.Identity is { IsAuthenticated: true }
            && (user.IsApplication ? Scope is not null && user.HasScope(Scope) : AnyAccount || Roles.Any(user.IsInRole)));
}

/// <summary>
/// Who may do what, in one place: the policies are built from it, <c>permissions.md</c> is rendered from it, and a test holds every endpoint of every service
/// against it. A permission of its own for whatever is granted for a reason of its own.
/// </summary>
public static class Permissions
{
    /// <summary>BJN 7, 8: the secretariat of the SMS Center.</summary>
    private static readonly IReadOnlyList<string> Secretariat = [Roles.Administrator, Roles.Chair, Roles.Secretary];

    // An auditor reads how the platform is administered, and changes nothing. He does not read citizens' messages: that is not what he checks (UU 27/2022, purpose).
    private static readonly IReadOnlyList<string> Administration = [Roles.Administrator, Roles.Auditor];

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
        Scope = Scopes.ReadOrganisation,
    };

    public static Permission EditOrganisation { get; } = new("organisation.edit", "Changes them, now or ahead of time") { Roles = [Roles.Administrator] };

    // Not everybody's: what is planned for a unit is not told before it is decided.
    public static Permission ReadReorganisations { get; } = new("reorganisations.read", "Reorganisations, and the organisation as it is planned to be") { Roles = Administration };

    public static Permission ReadPeople { get; } = new("people.read", "Officials and who holds what; numbers masked")
    {
        Roles = [.. Secretariat, Roles.Auditor],
        Scope = Scopes.ReadPeople,
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

    public static Permission ReadMessages { get; } = new("messages.read", "Citizens' messages and their answers")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit, and of units below for its head; all with messages.read-all",
    };

    public static Permission ReadAllMessages { get; } = new("messages.read-all", "Messages and answers of every unit (BJN 7)") { Roles = Secretariat };

    // SPBE 24(2): the call centre. Its desk is the secretariat's (BJN 8(4,6)), or stands at a unit and its reaction team, where the one operator of the unit writes for
    // all of it (EOF 11(2)). The Chair decides and does not enter; an official answers what others asked.
    public static Permission EnterCalls { get; } = new("calls.enter", "Writes down what a caller says, for whichever position")
    {
        Roles = [Roles.Administrator, Roles.Secretary, Roles.UnitOperator],
    };

    public static Permission SearchNumbers { get; } = new("messages.search-number", "Finds messages by their sender's number, for a reason, noted in their history") { Roles = Secretariat };

    public static Permission AnswerMessages { get; } = new("messages.answer", "Answers a citizen")
    {
        Roles = [Roles.Official],
        Relation = "of positions of the own unit",
    };

    public static Permission HandleMessages { get; } = new("messages.handle", "Takes a case, hands it on inside the unit, prepares its answer")
    {
        Roles = [Roles.Official],
        Relation = "of positions of the own unit",
    };

    public static Permission ReviewAnswers { get; } = new("answers.review", "Approves an answer that somebody proposed, or returns it")
    {
        Roles = [Roles.Official],
        Relation = "of the position held, and of the unit headed",
    };

    public static Permission JudgeDuplicates { get; } = new("messages.judge-duplicates", "Says whether a message that came twice is a matter of its own")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "to what messages.read shows",
    };

    public static Permission NoteMessages { get; } = new("messages.note", "Adds internal notes")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "to what messages.read shows",
    };

    public static Permission ForwardMessages { get; } = new("messages.forward", "Gives a message that is not answered to another position")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; the secretariat any",
    };

    public static Permission EditAnswerTemplates { get; } = new("answer-templates.edit", "Keeps the texts that a unit answers with again and again")
    {
        Roles = [Roles.HeadOfUnit, Roles.UnitOperator],
        Relation = "of the unit headed; an operator: of the own unit",
    };

    public static Permission EditUnitSettings { get; } = new("unit-settings.edit", "Says whether answers of a unit are reviewed")
    {
        Roles = [Roles.HeadOfUnit],
        Relation = "of the unit headed",
    };

    public static Permission AssignMessages { get; } = new("messages.assign", "Gives a message without keyword to a position") { Roles = Secretariat };

    // Who is not heard is a matter for those who answer for the whole service (BJN 7), not for the unit that he troubles.
    public static Permission BlockSenders { get; } = new("senders.block", "Mutes a sender for a reason and a time, looks at what he wrote, lets it through") { Roles = Secretariat };

    public static Permission EditPublications { get; } = new("publications.edit", "Hides more of what is public, confirms what needs a look, takes down and brings back")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; all with messages.read-all",
    };

    // Apart: whoever hides too much harms nobody.
    public static Permission UncoverPublications { get; } = new("publications.uncover", "Shows the public what was hidden, for a reason") { Roles = Secretariat };
    public static Permission TriageMessages { get; } = new("messages.triage", "Sets class and priority of a message, proposes not to answer it")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; the secretariat any",
    };

    // Not the unit's: who is criticised does not decide which criticism is decent (BJN 10(2)).
    public static Permission SetMessagesAside { get; } = new("messages.set-aside", "Decides that a message is not answered, or is after all; never by the person who proposed it")
    {
        Roles = Secretariat,
    };

    // SPBE 24(2).
    public static Permission EditDutyRoster { get; } = new("duty-roster.edit", "Says who is on duty for emergencies")
    {
        Roles = [Roles.HeadOfUnit, Roles.UnitOperator, .. Secretariat],
        Relation = "own unit; the secretariat any",
    };

    public static Permission EditEmergencyWords { get; } = new("emergency-words.edit", "Words that make a unit's messages emergencies") { Roles = Secretariat };

    // UU 27/2022: who has to call somebody sees his number, and everybody sees later that he did.
    public static Permission ShowSenders { get; } = new("senders.show", "A citizen's number in full, for a reason, noted in the history of the case")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; all with messages.read-all",
    };

    public static Permission EditProblems { get; } = new("problems.edit", "Names the problems that come up again and again, and closes them (BJN 7c)") { Roles = Secretariat };

    public static Permission NameProblem { get; } = new("messages.name-problem", "Says of which recurring problem a case is")
    {
        Roles = [Roles.Official, .. Secretariat],
        Relation = "of positions of the own unit; all with messages.read-all",
    };

    // BJN 7e: the head of government reads what the Regional Secretary has passed on to him.
    public static Permission ReadReports { get; } = new("reports.read", "Recaps, recurring problems and monthly reports; figures, no messages")
    {
        Roles = [.. Secretariat, Roles.RegionalSecretary, Roles.Mayor, Roles.DeputyMayor],
        Relation = "Mayor and deputy: of the monthly reports those that the Regional Secretary has forwarded",
    };

    public static Permission ProduceReports { get; } = new("reports.produce", "Produces the report of a month anew") { Roles = Secretariat };

    public static Permission SubmitReports { get; } = new("reports.submit", "Submits a monthly report to the Regional Secretary") { Roles = [Roles.Chair] };

    public static Permission ForwardReports { get; } = new("reports.forward", "Forwards a submitted report to the head of government") { Roles = [Roles.RegionalSecretary] };

    // SPBE 24(4).
    public static Permission EditServiceInformation { get; } = new("service-information.edit", "Tells the public of a unit's service")
    {
        Roles = [Roles.HeadOfUnit, Roles.UnitOperator],
        Relation = "own unit",
    };

    public static Permission ReadSms { get; } = new("sms.read", "Status and history of outgoing SMS; numbers masked") { Roles = Secretariat };

    public static Permission ReadParkedMessages { get; } = new("parked-messages.read", "Messages between services that were given up; without content") { Roles = Administration };

    public static Permission ReplayParkedMessages { get; } = new("parked-messages.replay", "Gives them back to their consumer") { Roles = [Roles.Administrator] };

    /// <summary>In the order above.</summary>
    public static IReadOnlyList<Permission> All { get; } = [.. typeof(Permissions).GetProperties(BindingFlags.Public | BindingFlags.Static)
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
