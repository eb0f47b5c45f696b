"""Sentences about recurring reports."""

from cmo.errors import Sentence

REPORTS = {
    "report_not_owed": Sentence(
        "该期间没有应提交或者应留存的报告。",
        "No report is owed for this period.",
        basis="policy",
        todo_zh="请在定期报告页选择一个期间。",
        todo_en="Choose a period on the page of periodic reports.",
    ),
    "report_recorded": Sentence(
        "{first}至{last}的报告已经登记。",
        "The report for {first} to {last} is recorded already.",
        basis="policy",
        todo_zh="请打开该登记查看；需补充文件的，在其证据中添加。",
        todo_en="Open its record; further files are added to its evidence.",
    ),
    "report_too_early": Sentence(
        "该报告最早可于{earliest}完成，完成日期不能早于该日。",
        "This report cannot be made before {earliest}.",
        basis="policy",
        todo_zh="请核对完成日期和期间。",
        todo_en="Check the day and the period.",
    ),
    "report_in_future": Sentence(
        "完成日期{done_on}晚于今天。",
        "The day on which it was done, {done_on}, lies in the future.",
        basis="policy",
        todo_zh="请在报告完成后登记。",
        todo_en="Record it once it is done.",
    ),
    "report_reference_needed": Sentence(
        "请填写证明该报告的记录，如报告编号、受理回执或者会议记录。",
        "Name the record that proves it: number of the report, receipt, or minutes.",
        basis="policy",
    ),
}
