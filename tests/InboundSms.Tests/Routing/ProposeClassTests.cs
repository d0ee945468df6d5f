using InboundSms.Routing;
using InboundSms.Storage;

namespace InboundSms.Tests.Routing;

public sealed class ProposeClassTests
{
    [Theory]
    [InlineData("DINKES kapan puskesmas buka?", MessageClass.Question, "?, kapan")]
    [InlineData("DPU apakah jalan Melati akan diaspal", MessageClass.Question, "apakah")]
    [InlineData("DPU jalan berlubang di depan pasar", MessageClass.Complaint, "berlubang, jalan")]
    [InlineData("lampu jalan mati sudah seminggu", MessageClass.Complaint, "jalan, lampu, mati")]
    [InlineData("air PDAM tidak mengalir", MessageClass.Complaint, "air, tidak mengalir")]
    [InlineData("petugas loket tidak ramah", MessageClass.Criticism, "petugas, tidak ramah")]
    [InlineData("saya kecewa pelayanan kantor ini", MessageClass.Criticism, "kecewa, pelayanan")]
    [InlineData("DPU sebaiknya dibuat taman", MessageClass.Proposal, "sebaiknya")]
    [InlineData("saya mengusulkan trotoar baru", MessageClass.Proposal, "mengusulkan")]
    [InlineData("Terima kasih, jalan sudah bagus", MessageClass.News, "terima kasih")]
    [InlineData("kapan lampu mati diperbaiki?", MessageClass.Question, "?, kapan")]
    public void SMS_5_the_words_propose_a_class_and_the_rules_are_named(string text, MessageClass expected, string rule) =>
        ProposeClass.Of(text).ShouldBe((expected, rule));

    [Theory]
    [InlineData("")]
    [InlineData("DINKES")]
    [InlineData("selamat pagi pak")]
    [InlineData("jalan")]
    [InlineData("matikan")]
    public void SMS_5_what_is_not_clear_is_left_to_a_person(string text) => ProposeClass.Of(text).ShouldBeNull();
}
