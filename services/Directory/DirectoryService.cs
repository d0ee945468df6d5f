using Directory.Accounts;
using Directory.Applications;
using Directory.Auditing;
using Directory.Copies;
using Directory.Import;
using Directory.Organisation;
using Directory.People;
using Directory.Restructuring;
using Directory.SignIn;
using Directory.Storage;
using MassTransit;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceDefaults;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.Messaging;
using ServiceDefaults.Messaging.Parked;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using SessionOptions = Directory.SignIn.SessionOptions;
using TokenOptions = Directory.SignIn.TokenOptions;

namespace Directory;

/// <summary>The service's table of contents.</summary>
internal static class DirectoryService
{
    // OWASP's figure for PBKDF2 with HMAC-SHA512.
    private const int PasswordIterations = 210_000;

    public static void AddDirectory(this WebApplicationBuilder builder)
    {
        builder.AddDatabase<DirectoryDb>("directory");
        builder.AddMessaging("directory", consumers => consumers.AddConsumers(typeof(StartSnapshot), typeof(TakeIntoAuditTrail), typeof(TellHeadOrAdministrators)));
        builder.AddSealing("directory", AuditTrail.Kind);
        builder.Services.AddValidation();
        // The kind of a step may stand anywhere in it.
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.AllowOutOfOrderMetadataProperties = true);

        builder.Services.AddSingleton<Rehearsal>();
        builder.Services.AddSingleton<ReorganisationMetrics>();
        builder.Services.AddHostedService<ApplyDueReorganisations>();
        builder.Services.AddHealthChecks().AddCheck<FailedReorganisations>("reorganisations", HealthStatus.Degraded, timeout: TimeSpan.FromSeconds(3));

        builder.Services.AddOptions<TokenOptions>().BindConfiguration("Tokens").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<SessionOptions>().BindConfiguration("Sessions")
            .Validate(options => options.IdleLimit > AccessTokens.Lifetime && options.Limit >= options.IdleLimit).ValidateOnStart();
        builder.Services.AddOptions<SecondFactorOptions>().BindConfiguration("SecondFactor")
            .Validate(options => options.AlsoRoles.All(Roles.All.Contains), "SecondFactor:AlsoRoles names a role that there is not").ValidateOnStart();
        builder.Services.AddSingleton<SigningKeys>();
        builder.Services.AddSingleton<SignInAuthority>();
        // The hasher before Identity's own, which lives as long as a request.
        builder.Services.AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>().AddSingleton<NobodysPassword>();
        builder.Services.AddSingleton<FailedSignIns>().AddOptions<SignInLimits>().BindConfiguration("SignIns").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<AuthenticatorSecrets>();
        builder.Services.AddScoped<SecondFactors>();
        builder.Services.AddScoped<Sessions>();
        builder.Services.AddOptions<OneTimeCodeOptions>().BindConfiguration("OneTimeCodes").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddScoped<CodeBudget>();
        builder.Services.AddHostedService<SendOneTimeCodes>().AddHostedService<CloseAccounts>();
        builder.Services.AddSingleton<WatchAdministrators>().AddHostedService(services => services.GetRequiredService<WatchAdministrators>());
        builder.Services.AddHealthChecks().AddCheck<WatchAdministrators>("administrators", timeout: TimeSpan.FromSeconds(3));
        builder.Services.AddHostedService<PublishSignInState>().AddHostedService<ForgetOldSessions>();
        builder.Services.AddHostedService<PublishMarks>().AddHostedService<SendSnapshots>();
        RunImports.Add(builder.Services);

        builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = PasswordIterations);
        builder.Services.AddIdentityCore<Account>();
        // Identity's store without a save of its own: an account, its audit entry and its sessions change in one save.
        builder.Services.AddScoped<IUserStore<Account>>(services =>
            new UserOnlyStore<Account, DirectoryDb, Guid>(services.GetRequiredService<DirectoryDb>()) { AutoSaveChanges = false });

        CreateFirstAdministrator.Add(builder.Services);
        BreakGlass.Add(builder.Services);
        RestOptions.Add(builder.Services);
        NoticePhoneOptions.Add(builder.Services);
        RemindOfNoticePhones.Add(builder.Services);
        builder.Services.AddHostedService<WatchOperators>().AddHostedService<ReleaseContacts>();
        ImportByVerb.Add(builder.Services);
    }

    public static void MapDirectory(this WebApplication app)
    {
        var api = app.MapGroup("/api/directory").ProducesValidationProblem().ProducesProblem(StatusCodes.Status401Unauthorized);
        var signIn = api.MapGroup("").WithTags("Sign-in").RequirePermission(Permissions.Anybody).AnswerNeverStored();
        StartSession.Map(signIn);
        RefreshSession.Map(signIn);
        IssueApplicationToken.Map(app.MapGroup("/api/directory").WithTags("Sign-in").RequirePermission(Permissions.Anybody).AnswerNeverStored());
        RequestOneTimeCode.Map(signIn);
        SetPasswordByCode.Map(signIn);

        app.MapParkedMessages("/api/directory");
        var everybody = api.MapGroup("").WithTags("Me").RequirePermission(Permissions.OwnAccount);
        ShowMe.Map(everybody);
        ListSessions.Map(everybody);
        EndOwnSession.Map(everybody);
        SignOutEverywhere.Map(everybody);
        var proved = everybody.MapGroup("").RequireFreshSignIn().AnswerNeverStored().ProducesProblem(StatusCodes.Status409Conflict);
        EndSecondFactor.Map(proved);
        ProposeNoticePhone.Map(proved);
        ProveNoticePhone.Map(proved);

        // Also for accounts that are not set up yet. No Idempotency-Key: what is answered here must not be stored.
        var settingUp = api.MapGroup("").WithTags("Me").RequirePermission(Permissions.SetUpAccount);
        EndSession.Map(settingUp);
        var proving = settingUp.MapGroup("").RequireFreshSignIn().AnswerNeverStored().ProducesProblem(StatusCodes.Status409Conflict);
        ChangePassword.Map(proving);
        EnrolSecondFactor.Map(proving);
        ConfirmSecondFactor.Map(proving);

        var administration = api.MapGroup("").ProducesProblem(StatusCodes.Status403Forbidden);
        var organisationRead = administration.MapGroup("").WithTags("Organisation").RequirePermission(Permissions.ReadOrganisation);
        ListUnits.Map(organisationRead);
        ListPositions.Map(organisationRead);
        ShowOrganisation.Map(organisationRead);
        // Words entered ahead are told with their instant.
        ListKeywords.Map(administration.MapGroup("").WithTags("Organisation").RequirePermission(Permissions.ReadReorganisations));
        var reorganisationsRead = administration.MapGroup("").WithTags("Reorganisations").RequirePermission(Permissions.ReadReorganisations);
        ListReorganisations.Map(reorganisationsRead);
        ShowReorganisation.Map(reorganisationsRead);
        PreviewReorganisation.Map(reorganisationsRead);
        var peopleRead = administration.MapGroup("").WithTags("People").RequirePermission(Permissions.ReadPeople);
        ListOfficials.Map(peopleRead);
        ListAssignments.Map(peopleRead);
        ListUnitsWithoutOperator.Map(peopleRead);
        ListSenderIds.Map(peopleRead);
        ListNoticePhoneProposals.Map(peopleRead);
        ListDueNoticePhones.Map(peopleRead);
        ListOperators.Map(administration.MapGroup("").WithTags("People").RequirePermission(Permissions.ReadOperators));
        ListAccounts.Map(administration.MapGroup("").WithTags("Accounts").RequirePermission(Permissions.ReadAccounts));
        ListApplications.Map(administration.MapGroup("").WithTags("Applications").RequirePermission(Permissions.ReadApplications));
        ListAuditEntries.Map(administration.MapGroup("").WithTags("Audit trail").RequirePermission(Permissions.ReadAuditTrail));

        // No Idempotency-Key: the file is not part of its hash, and the same file again changes nothing.
        var import = administration.MapGroup("").WithTags("Import").RequirePermission(Permissions.ImportOrganisation);
        StartImport.Map(import.MapGroup("").RequireFreshSignIn());
        ListImports.Map(import);
        ShowImport.Map(import);
        ListImportProblems.Map(import);
        GetTemplate.Map(import);

        var changing = administration.MapGroup("").RequireFreshSignIn().AcceptIdempotencyKey().KeepsAnAdministrator()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        var organisation = changing.MapGroup("").WithTags("Organisation").RequirePermission(Permissions.EditOrganisation);
        CreateUnit.Map(organisation);
        EditUnit.Map(organisation);
        CloseUnit.Map(organisation);
        CreatePosition.Map(organisation);
        EditPosition.Map(organisation);
        SetKeyword.Map(organisation);
        AddKeyword.Map(organisation);
        EndKeyword.Map(organisation);
        MoveKeyword.Map(organisation);
        ClosePosition.Map(organisation);
        EditOrganisation.Map(organisation);

        var restructuring = changing.MapGroup("").WithTags("Reorganisations").RequirePermission(Permissions.EditOrganisation);
        PlanReorganisation.Map(restructuring);
        CorrectReorganisation.Map(restructuring);
        CancelReorganisation.Map(restructuring);
        RetryReorganisation.Map(restructuring);

        var people = changing.MapGroup("").WithTags("People").RequirePermission(Permissions.EditPeople);
        RegisterOfficial.Map(people);
        EditOfficial.Map(people);
        ChangeNoticePhone.Map(people);
        DecideNoticePhone.Map(people);
        CheckNoticePhone.Map(people);
        SetSenderId.Map(people);
        AssignOfficial.Map(people);
        EndAssignment.Map(people);
        CorrectAssignment.Map(people);
        TransferOfficials.Map(people);
        ReleaseOfficial.Map(people);
        AppointOperator.Map(changing.MapGroup("").WithTags("People").RequirePermission(Permissions.AppointOperators));

        var accounts = changing.MapGroup("").WithTags("Accounts").RequirePermission(Permissions.EditAccounts);
        CreateAccount.Map(accounts);
        EditAccount.Map(accounts);
        SetPassword.Map(accounts);
        UnlockAccount.Map(accounts);
        EndSessionsOfAccount.Map(accounts);
        ResetSecondFactor.Map(accounts);

        var applications = changing.MapGroup("").WithTags("Applications").RequirePermission(Permissions.EditApplications);
        RegisterApplication.Map(applications);
        EditApplication.Map(applications);
        RevokeApplicationKey.Map(applications);

        // Without Idempotency-Key: what these answer must not be stored.
        var secret = administration.MapGroup("").RequireFreshSignIn()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        FindPhoneHolders.Map(secret.MapGroup("").WithTags("People").RequirePermission(Permissions.ReadPhoneHolders));
        ShowNoticePhone.Map(secret.MapGroup("").WithTags("People").RequirePermission(Permissions.ShowNoticePhones));
        ExportAuditTrail.Map(secret.MapGroup("").WithTags("Audit trail").RequirePermission(Permissions.ReadAuditTrail));
        CreateApplicationKey.Map(secret.MapGroup("").WithTags("Applications").RequirePermission(Permissions.EditApplications));
    }
}
