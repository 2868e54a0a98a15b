"""A small process to take apart: data of a definition, with any part of it changed."""

from copy import deepcopy
from typing import Any

from bot.domain.documents import parse
from bot.domain.process import Process

GONE = object()
"""Stands for a key that is taken out."""

PARTY = """\
name: party
title: A party
description: People meet.
roles:
  host: {title: Host, description: Invites.}
  cook: {title: Cook, description: Cooks.}
  band: {title: Band}
inputs:
  guest: {title: Guest of honour, example: Ada}
  place: {title: Place, example: Garden, required: false}
  party_day: {title: Day of the party, example: "2027-05-01", type: date}
identity: [guest]
labels:
  request: party::wanted
  launch: party::running
  gate: {locked: gate::locked, open: gate::open, done: gate::done}
root:
  title: "Party for {{ guest }}"
  role: host
  project: house
  template: root.md.j2
  due: party_day
  labels: [fun]
phases:
  plan:
    title: Plan
    role: host
    project: house
    template: phase.md.j2
    done_when: All is planned.
    due: {business_days: 1, after: opening}
    tasks:
      - id: invite
        title: Invite
        done_when: All have answered.
        evidence: link
        due: {business_days: 0, after: opening}
      - id: shop
        title: Shop
        done_when: The bags are full.
        needs: [invite]
        hint: Mind the eggs.
        tasks:
          - {id: eggs, title: Eggs, done_when: They are there., role: cook}
          - {id: wine, title: Wine, done_when: It is there., optional: If asked., evidence: text}
  food:
    title: Food
    role: cook
    project: kitchen
    template: phase.md.j2
    done_when: The table is laid.
    after: [plan]
    opens: when-unlocked
    due: {business_days: 2, before: launch}
    labels: [fun]
    tasks:
      - id: cake
        title: Bake a cake
        done_when: It is out of the oven.
        needs: [shop, song]
        due: {business_days: 0, before: launch}
  music:
    title: Music
    role: band
    project: stage
    template: phase.md.j2
    done_when: The band can play.
    after: [plan]
    opens: on-label
    label: music::wanted
    due: {business_days: 1, before: launch}
    tasks:
      - {id: song, title: Choose a song, done_when: It is known.}
"""
TEXTS = {
    "root.md.j2": "For {{ guest }} in {{ place }}: {% for p in phases %}{{ p.issue }}{% endfor %}",
    "phase.md.j2": "Part of {{ root }}, by {{ phase.role_title }}.\n\n{{ tasks }}\n",
}
CONFIGURATION = """\
projects: {house: home/house, kitchen: home/kitchen, stage: 7}
roles: {host: [ada], cook: [bob, cy], band: [di]}
calendar: {timezone: Europe/Paris, country: DE, subdivision: BE, holidays: [2026-12-24]}
"""


def party(**changes: object) -> dict[str, Any]:
    """The definition's data; `phases__plan__role="cook"` changes what stands at that path."""
    return changed(PARTY, changes)


def installation(**changes: object) -> dict[str, Any]:
    """The data of a configuration for the party, changed in the same way."""
    return changed(CONFIGURATION, changes)


def process(**changes: object) -> Process:
    """The party as a process, changed in the same way."""
    return Process.model_validate({**party(**changes), "texts": TEXTS})


def changed(text: str, changes: dict[str, object]) -> dict[str, Any]:
    """The data of a text, with what stands at some paths replaced, added or taken out."""
    value: Any = deepcopy(parse(text).value)
    for path, new in changes.items():
        *way, last = (int(step) if step.isdigit() else step for step in path.split("__"))
        here = value
        for step in way:
            here = here[step]
        if new is GONE:
            del here[last]
        else:
            here[last] = new
    result: dict[str, Any] = value
    return result
